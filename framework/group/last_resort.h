/* SPDX-License-Identifier: MIT */
/*
 * Key packages of last resort (RFC 9420 §16.8), marked by the extension that
 * implementations of the extensions draft share: last_resort, type 0x000a, of
 * no data.  Later versions of the draft put the mark into a dictionary.
 */
#ifndef MLS_GROUP_LAST_RESORT_H
#define MLS_GROUP_LAST_RESORT_H

#include "group/group.h"

uint16_t mls__last_resort_type(void);

/* last_resort_write(w): the extension. */
void mls__last_resort_write(struct mls_writer *w);

/* is_last_resort(kp): KP-13. */
bool mls__is_last_resort(const struct mls_key_package *kp);

#endif
