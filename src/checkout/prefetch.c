/* SPDX-License-Identifier: MIT */
/*
 * In a partial clone all blobs that will be read come in one fetch: those of
 * the files, and the attributes files of the directories above them, which
 * git would fetch one by one when it is asked for attributes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "checkout/room.h"
#include "repo/odb.h"

struct wanted {
	struct odb *odb;
	const struct hash_algo *algo;
	struct oid *oid; /* missing here */
	size_t nr, alloc;
};

static void want(struct wanted *w, const uint8_t *raw)
{
	struct oid oid;

	oid_read(&oid, raw, w->algo);
	if (odb_has(w->odb, &oid))
		return;
	ALLOC_GROW(w->oid, w->nr + 1, w->alloc);
	w->oid[w->nr++] = oid;
}

/* Is any item that will be written below path[0..len), slash included? */
static bool any_below(const struct checkout_list *list, const char *path,
		      size_t len)
{
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(list->item[mid].path, path, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < list->nr; low++) {
		if (strncmp(list->item[low].path, path, len))
			return false;
		if (list->item[low].status == PARE_PATH_TO_WRITE)
			return true;
	}
	return false;
}

static int want_attributes(struct wanted *w, const struct checkout *co,
			   const struct checkout_list *list)
{
	static const char name[] = ".gitattributes";
	const size_t name_len = sizeof(name) - 1;
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int error;

	if (!co->opts.has_attributes || !co->index)
		return 0;
	pare_index_iter_init(&iter, co->index);
	while ((error = pare_index_next(&e, &iter)) > 0) {
		size_t dir_len = e.name_len - name_len;

		if (e.name_len < name_len || pare_index_stage(&e) ||
		    memcmp(e.name + dir_len, name, name_len) ||
		    (dir_len && e.name[dir_len - 1] != '/'))
			continue;
		if (any_below(list, e.name, dir_len))
			want(w, e.oid);
	}
	pare_index_iter_release(&iter);
	return error;
}

int checkout_fetch_missing(struct checkout *co,
			   const struct checkout_list *list)
{
	struct wanted w = { .algo = co->repo->algo };
	int error;

	if (!repo_has_promisor(co->repo))
		return 0;
	if ((error = repo_odb(&w.odb, co->repo)) < 0)
		return error;
	for (size_t i = 0; i < list->nr; i++)
		if (list->item[i].status == PARE_PATH_TO_WRITE &&
		    !item_is_gitlink(&list->item[i]))
			want(&w, list->item[i].oid);
	error = want_attributes(&w, co, list);
	if (!error && w.nr)
		error = repo_fetch_missing(co->repo, w.oid, w.nr,
					   co->opts.progress);
	free(w.oid);
	return error;
}
