/* session_replay.c - see session_replay.h */
#include "config.h"

#include "session_replay.h"

#include "base/error.h"
#include "base/mem.h"
#include "edit/store.h"
#include "keep/recover.h"

void replay_pieces_free(struct replay_pieces *pieces)
{
	mem_free(pieces->v);
	*pieces = (struct replay_pieces){ 0 };
}

bool replay_add(struct replay_pieces *pieces, struct piece piece,
                struct error *err)
{
	if (!mem_grow(&pieces->v, &pieces->cap, pieces->count + 1,
	              sizeof(*pieces->v), err))
		return false;
	pieces->v[pieces->count++] = piece;
	return true;
}

bool replay_add_fill(struct replay_pieces *pieces, struct store *store,
                     const struct record_piece *piece, struct error *err)
{
	uint64_t len = piece->off + piece->len;
	struct piece out;

	if (!(piece->kind == RECORD_PIECE_FILL
	              ? store_put_fill(store, piece->bytes, piece->period, len,
	                               &out, err)
	              : store_put_random(store, piece->bytes, len, &out, err)))
		return false;
	return replay_add(pieces, piece_part(out, piece->off, piece->len), err);
}

bool replay_add_base(struct replay_pieces *pieces, uint64_t size,
                     const struct record_piece *piece, struct error *err)
{
	struct piece out = { .len = piece->len,
		             .off = piece->off,
		             .tag = PIECE_BASE };

	if (piece->off > size || piece->len > size - piece->off)
		return error_set(err, ERR_CHANGED,
		                 "a change in it does not fit the file");
	if (piece->kind == RECORD_PIECE_MOVED)
		out.tag |= PIECE_EDITED;
	return replay_add(pieces, out, err);
}

size_t replay_step(const struct recover *rec, uint32_t group,
                   const size_t *steps)
{
	struct recover_group about;

	if (group == 0 || group > recover_groups(rec))
		return 0;
	about = recover_group(rec, group);
	if (about.type != RECORD_CHANGES || about.step == 0 ||
	    about.step > group)
		return 0;
	return steps[about.step - 1];
}

size_t replay_noted(const struct recover *rec, const struct recover_item *note,
                    const size_t *steps)
{
	size_t number = replay_step(rec, note->group, steps);

	for (uint32_t i = note->at; number > 0 && i > note->group; i--)
		if (steps[i - 1] == number)
			return 0;
	return number;
}
