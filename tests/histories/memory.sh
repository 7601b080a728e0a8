#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: LIMIT-16
# Each fourth allocation of each call fails, and fewer of loading; the long
# form is in `mls-memory --help`.  Skipped where a sanitizer is the allocator.

# shellcheck disable=SC2086 # a list of words
exec "${MLS_TEST_BUILDDIR:-.}/mls-memory" ${MLS_TEST_MEMORY---every 4 --stride 64}
