#!/bin/sh
# SPDX-License-Identifier: MIT
# A short run of each suite; more steps are had with `mls-nonces --steps N`.

exec "${MLS_TEST_BUILDDIR:-.}/mls-nonces" --steps 600
