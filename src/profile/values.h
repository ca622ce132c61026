/* SPDX-License-Identifier: MIT */
/* The values of a profile file, each checked as its key wants it. */
#ifndef PARE_PROFILE_VALUES_H
#define PARE_PROFILE_VALUES_H

#include "profile/parse.h"

/* The sections. */
enum { IN_NOTHING = -1, IN_PROFILE, IN_SPARSE, IN_SQUASH };

struct parser {
	struct pare_profiles *profiles;
	struct strvec *faults;
	const char *file;
	enum pare_profile_layer layer;
	const char *p, *end;
	unsigned line;
	bool had_key;   /* inih knows a key that a line could continue */
	bool continued; /* the line at hand continues the one before */
	struct pare_profile *profile; /* of the section at hand, or NULL */
	int kind;                     /* of the section at hand */
	unsigned seen[3];             /* line of each section, by kind */
	unsigned key_line[16];        /* in this section or file, by key */
};

/* Note a fault at the line at hand: `<file>:<line>: …`. */
void profile_fault(struct parser *ps, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A key (or a line that goes on with its list) and its value. */
void profile_take_key(struct parser *ps, const char *name, const char *value);

/* One directory, C-quoted or not, normalised. */
void profile_take_dir(struct parser *ps, struct strvec *dirs,
		      const char *value);
/* `mode` and a line of `patterns` for the profile at hand. */
void profile_take_mode(struct parser *ps, const char *value);
void profile_take_pattern(struct parser *ps, const char *value);
void profile_take_words(struct strvec *words, const char *value);
/* What was added to `list` since it had `before` items stands in this line. */
void profile_note_lines(struct parser *ps, unsigned **line,
			const struct strvec *list, size_t before);
void profile_take_bool(struct parser *ps, int *out, const char *value);
void profile_take_days(struct parser *ps, int *out, const char *value);
/* One of `words`, which end in NULL. */
void profile_take_one_of(struct parser *ps, const char **out,
			 const char *value, const char *const *words);

#endif
