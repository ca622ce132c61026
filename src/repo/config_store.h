/* SPDX-License-Identifier: MIT */
/* The configuration in memory, inside src/repo. */
#ifndef PARE_REPO_CONFIG_STORE_H
#define PARE_REPO_CONFIG_STORE_H

struct config;
struct config_reading;
struct strbuf;

/*
 * Have git list the configuration while something else is waited for; NULL
 * when that cannot be started.
 */
struct config_reading *config_reading_start(void);
/*
 * Append the list to `out` (NULL: it is not wanted) and release `reading`,
 * which may be NULL. Negative without an error message when it failed.
 */
int config_reading_finish(struct strbuf *out, struct config_reading *reading);

/* Accepts NULL. */
void config_free(struct config *config);

#endif
