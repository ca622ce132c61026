/* SPDX-License-Identifier: MIT */
#include "repo/merge_file.h"

#include "repo/git2_lazy.h"

static git_merge_file_input input(const void *data, size_t len)
{
	return (git_merge_file_input){
		.version = GIT_MERGE_FILE_INPUT_VERSION,
		.ptr = data,
		.size = len,
	};
}

int merge_file(struct strbuf *out, const void *base, size_t base_len,
	       const void *ours, size_t ours_len, const void *theirs,
	       size_t theirs_len, enum merge_favor favor)
{
	git_merge_file_options opts = {
		.version = GIT_MERGE_FILE_OPTIONS_VERSION,
		.favor = favor == MERGE_UNION ? GIT_MERGE_FILE_FAVOR_UNION :
						GIT_MERGE_FILE_FAVOR_NORMAL,
	};
	git_merge_file_input in_base = input(base, base_len);
	git_merge_file_input in_ours = input(ours, ours_len);
	git_merge_file_input in_theirs = input(theirs, theirs_len);
	git_merge_file_result merged = { 0 };
	const struct git2 *git2;
	int result;

	if ((result = git2_load(&git2)) < 0)
		return result;
	result = git2->merge_file(&merged, &in_base, &in_ours, &in_theirs,
				  &opts);
	if (result < 0)
		return git2_error(git2, result);
	strbuf_add(out, merged.ptr, merged.len);
	result = !merged.automergeable;
	git2->merge_file_result_free(&merged);
	return result;
}
