/* SPDX-License-Identifier: MIT */
/* Known answers: does an algorithm of a provider do what it should? */
#ifndef MLS_PLUGIN_KAT_H
#define MLS_PLUGIN_KAT_H

#include "plugin/plugins.h"

/*
 * kat_run(inst, alg, why, cap): PROVIDER_KNOWN_ANSWER, with the reason in
 * why.  An algorithm without a known answer is tested against itself; an
 * opaque signature key and a hash without one are not tested.
 */
int mls__kat_run(const struct mls_instance *inst, const struct mls_alg *alg,
    char *why, size_t cap);

#endif
