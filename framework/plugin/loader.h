/* SPDX-License-Identifier: MIT */
/* Opens modules and looks at descriptors. */
#ifndef MLS_PLUGIN_LOADER_H
#define MLS_PLUGIN_LOADER_H

#include <stddef.h>

#include "libmls/errors.h"
#include "libmls/provider.h"

struct mls_module {
	void *handle; /* NULL: registered statically */
	const struct mls_provider *desc;
};

/*
 * module_open(out, path, why, cap): PROVIDER_UNTRUSTED, _UNLOADABLE, _ABI or
 * _CONTRACT, with the reason in why.  Nobody but root and the user may be able
 * to change the file, or which file it is.
 */
int mls__module_open(struct mls_module *out, const char *path, char *why,
    size_t cap);
void mls__module_close(struct mls_module *m);

/* descriptor_check(desc, why, cap): PROVIDER_ABI, PROVIDER_CONTRACT. */
int mls__descriptor_check(const struct mls_provider *desc, char *why,
    size_t cap);

#endif
