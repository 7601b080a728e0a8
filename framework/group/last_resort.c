/* SPDX-License-Identifier: MIT */
#include "group/last_resort.h"

#define LAST_RESORT 0x000a

uint16_t
mls__last_resort_type(void)
{
	return LAST_RESORT;
}

void
mls__last_resort_write(struct mls_writer *w)
{
	mls__write_u16(w, LAST_RESORT);
	mls__write_opaque(w, mls__buf(NULL, 0));
}

bool
mls__is_last_resort(const struct mls_key_package *kp)
{
	struct mls_buf data;

	return mls__extension_find(&data, kp->extensions, LAST_RESORT);
}
