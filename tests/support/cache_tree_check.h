/* SPDX-License-Identifier: MIT */
#ifndef PARE_TESTS_CACHE_TREE_CHECK_H
#define PARE_TESTS_CACHE_TREE_CHECK_H

/*
 * What TREE in the index of the work tree `root` says is true: each tree it
 * knows is the one git makes of the entries, and stands for as many of them.
 * With unmerged entries git makes none, and nothing is looked at.
 */
void assert_cache_tree(const char *root);

#endif
