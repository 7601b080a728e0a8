/* SPDX-License-Identifier: MIT */
/*
 * What a history comes to, to be compared with another one's: a chain of
 * SHA-256 over all that was made, in order, octet by octet; and one over the
 * kind, the epoch and the sender of each message alone, for signatures that
 * differ each time they are made (ECDSA with a nonce by chance) and are not
 * always of the same length.
 */
#ifndef TESTS_HISTORIES_DIGEST_H
#define TESTS_HISTORIES_DIGEST_H

#include "libmls/provider.h"

struct digest {
	uint8_t octets[32], order[32];
	unsigned long messages;
};

/* digest_add(d, kind, epoch, sender, message): zeros are where it begins. */
void digest_add(struct digest *d, const char *kind, unsigned epoch,
    unsigned sender, struct mls_buf message);

/* digest_print(d, suite): "digest 0x0003 9 messages, octets ..., order ...",
 * in hexadecimal. */
void digest_print(const struct digest *d, unsigned suite);

#endif
