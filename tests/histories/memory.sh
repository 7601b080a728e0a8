#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: LIMIT-16
# The first allocations of each call, one after the other, then a sample; all
# with `mls-memory --steps 1000000 --epochs 1000`.  Skipped where a sanitizer is the allocator.

exec "${MLS_TEST_BUILDDIR:-.}/mls-memory" ${MLS_TEST_MEMORY---steps 300 --epochs 30}
