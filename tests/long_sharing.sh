#!/bin/bash
# A file whose length changes, on file systems that can share blocks: what stays
# where it was is shared with what else has it, so that it takes no room and no
# time; and owner, mode, access lists and attributes are what they were. What this
# machine does not have is skipped, and counted.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-sharing-XXXXXX") || exit 99
leave() {
	cd /
	umount "$here/mnt" 2>/dev/null
	rm -rf "$here"
}
trap leave EXIT
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
for program in python3 filefrag; do
	command -v $program >/dev/null || {
		echo "SKIP: no $program"
		exit 77
	}
done
hexspan=$PWD/hexspan
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
mkdir mnt
mkdir -m 700 state
skipped=0
failed=0

fail() {
	echo "FAIL: $kind: $*"
	failed=$((failed + 1))
}

# An attribute, and an access list: owner rw-, user 1 r--, group r--, mask r--.
give_attributes() {
	python3 - "$1" <<'END'
import os, struct, sys
os.setxattr(sys.argv[1], 'user.note', b'panda\0\xff')
entries = [(1, 6, 0xffffffff), (2, 4, 1), (4, 4, 0xffffffff),
           (16, 4, 0xffffffff), (32, 0, 0xffffffff)]
os.setxattr(sys.argv[1], 'system.posix_acl_access', struct.pack('<I', 2) +
            b''.join(struct.pack('<HHI', *e) for e in entries))
END
}

rights() {
	stat -c '%u %g %a' "$1"
	python3 - "$1" <<'END'
import os, sys
for name in sorted(os.listxattr(sys.argv[1])):
    print(name, os.getxattr(sys.argv[1], name).hex())
END
}

# Where on the disk the blocks of a file are that are shared.
shared_blocks() {
	filefrag -b4096 -v "$1" | awk -F'[:. ]+' '/shared/ {
		for (i = 0; i <= $4 - $3; i++)
			print $5 + i
	}' | sort
}

# The commands, what the file is to become, and how many of the 2048 blocks it is
# still to have in common with its copy.
one() {
	local commands=$1 want=$2 least=$3 blocks
	cp --reflink=always mnt/first mnt/file || {
		fail "cannot share blocks"
		return
	}
	chown 12:34 mnt/file
	chmod 640 mnt/file
	give_attributes mnt/file
	rights mnt/file >before
	sync -f mnt
	"$hexspan" mnt/file -c "$commands; flush" >said 2>&1 || {
		fail "$commands: $(cat said)"
		return
	}
	sync -f mnt
	rights mnt/file >after
	cmp -s before after || fail "$commands: $(diff before after)"
	cmp -s "$want" mnt/file || fail "$commands: other bytes"
	blocks=$(comm -12 <(shared_blocks mnt/first) \
		<(shared_blocks mnt/file) | wc -l)
	echo "$kind: $blocks of 2048 blocks shared: $commands"
	[ "$blocks" -ge "$least" ] || fail "$commands: $blocks blocks shared"
	[ -z "$(find mnt -name ".*.hxtmp")" ] || fail "$commands: a file was left"
	rm mnt/file
}

system() {
	kind=$1
	command -v "mkfs.$kind" >/dev/null || {
		echo "SKIP: $kind: no mkfs.$kind"
		skipped=$((skipped + 1))
		return
	}
	rm -f image
	truncate -s 512M image
	"mkfs.$kind" -q image >/dev/null 2>&1
	mount -o loop image mnt 2>/dev/null || {
		echo "SKIP: $kind: cannot be mounted here"
		skipped=$((skipped + 1))
		return
	}
	head -c 8388608 /dev/urandom >mnt/first
	{ cat mnt/first && printf 'end'; } >want
	one "\$ insert \"end\"" want 2048
	{
		printf 'x' && tail -c +2 mnt/first | head -c 4999999
		printf 'y' && tail -c +5000002 mnt/first && printf 'end'
	} >want
	one "0 put \"x\"; 5000000 put \"y\"; \$ insert \"end\"" want 2046
	head -c 5000000 mnt/first >want
	one "5000000,\$ delete" want 1220
	{
		head -c 4096 mnt/first && tail -c +12289 mnt/first
	} >want
	one "4096,+8192 delete" want 2046
	umount mnt
}

for kind in btrfs xfs; do
	system $kind
done
echo "$failed failed, $skipped skipped"
[ $failed = 0 ] || exit 1
[ $skipped -lt 2 ] || exit 77
