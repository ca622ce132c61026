/* SPDX-License-Identifier: MIT */
/* The text of a profile file to profiles and settings. */
#ifndef PARE_PROFILE_PARSE_H
#define PARE_PROFILE_PARSE_H

#include <stdint.h>

#include "pare/profile.h"

/* Larger than this no file of profiles is; a line is shorter than inih's. */
enum { PROFILE_FILE_BYTES_MAX = 1024 * 1024, PROFILES_MAX = 4096,
       PROFILE_FAULTS_MAX = 1000, PROFILE_SLOTS = 2 * PROFILES_MAX };

struct pare_profiles {
	struct pare_profile **item; /* in the order they were read */
	size_t nr, alloc;
	/* By name: 0 or one more than the place in `item`. */
	uint16_t slot[PROFILE_SLOTS];
	struct pare_settings settings;
	struct strvec strings; /* owns names, titles and files */
};

struct pare_profiles *profiles_new(void);

/* The place in `item` of the profile of this name, or -1. */
int profiles_position(const struct pare_profiles *profiles, const char *name);

/* Letters, digits and `._/-`, the last not in front. */
bool profile_name_is_good(const char *s, size_t len);

/*
 * Add what `text` says, the file called `file` in messages. Of weaker layers
 * read before, a profile of the same name is replaced whole, and so is a
 * setting. Every fault (up to PROFILE_FAULTS_MAX) is added to `faults` as
 * `<file>:<line>: …`; with any the answer is GIT_EINVALID with the first of
 * them as the message.
 */
int profiles_parse(struct pare_profiles *profiles, struct strvec *faults,
		   const char *file, enum pare_profile_layer layer,
		   const char *text, size_t len);

#endif
