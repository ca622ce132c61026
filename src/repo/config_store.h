/* SPDX-License-Identifier: MIT */
/* The configuration in memory, inside src/repo. */
#ifndef PARE_REPO_CONFIG_STORE_H
#define PARE_REPO_CONFIG_STORE_H

struct config;

/* Accepts NULL. */
void config_free(struct config *config);

#endif
