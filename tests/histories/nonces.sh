#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: CRYPT-11 MSG-17 ST-11
# A short run of each suite; more steps are had with `mls-nonces --steps N`.

exec "${MLS_TEST_BUILDDIR:-.}/mls-nonces" --steps 600
