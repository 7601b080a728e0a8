/* SPDX-License-Identifier: MIT */
/* RFC 9420 §8.4: pre-shared keys. */
#ifndef MLS_SCHEDULE_PSK_H
#define MLS_SCHEDULE_PSK_H

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/suite.h"

enum { MLS_PSK_EXTERNAL = 1, MLS_PSK_RESUMPTION = 2 };
enum { MLS_PSK_APPLICATION = 1, MLS_PSK_REINIT = 2, MLS_PSK_BRANCH = 3 };

struct mls_psk_id {
	uint8_t type;
	struct mls_buf id;          /* external */
	uint8_t usage;              /* resumption, and the two below */
	struct mls_buf group_id;
	uint64_t epoch;
	struct mls_buf nonce;
	struct mls_buf raw; /* after reading: the whole PreSharedKeyID */
};

void mls__psk_id_read(struct mls_psk_id *out, struct mls_reader *r);
void mls__psk_id_write(struct mls_writer *w, const struct mls_psk_id *id);

/* A PSK with its value. */
struct mls_psk {
	struct mls_psk_id id;
	struct mls_buf value;
};

/* psk_secret(out, s, psks, n): n 0 gives nh zeros; PSK_TOO_MANY above 65535. */
int mls__psk_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_psk *psks, size_t n);

#endif
