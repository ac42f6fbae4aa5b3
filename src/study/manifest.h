/*
 * manifest.h - files of digests: the format
 *
 * doc/formats.md says what stands in them.
 */
#ifndef STUDY_MANIFEST_H
#define STUDY_MANIFEST_H

#define MANIFEST_FIRST_LINE "hexspan-hashes 1"

#endif
