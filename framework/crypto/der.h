/* SPDX-License-Identifier: MIT */
/* As much of DER (X.690) as signatures and certificates want. */
#ifndef MLS_CRYPTO_DER_H
#define MLS_CRYPTO_DER_H

#include <stdbool.h>

#include "libmls/provider.h"

#define MLS_DER_INTEGER 0x02
#define MLS_DER_BITS 0x03
#define MLS_DER_SEQUENCE 0x30

/* der_value(out, der, tag): take a value off *der, whose tag is this and whose
 * length is in its shortest form; false: there is none. */
bool mls__der_value(struct mls_buf *out, struct mls_buf *der, uint8_t tag);

#endif
