/* SPDX-License-Identifier: MIT */
/*
 * RFC 9420 §5.3: as much of a certificate (RFC 5280 §4.1) as it takes to find
 * the key in it.  Whether a chain leads to trust is the application's to say.
 */
#include "tree/node.h"

#include "base/error.h"
#include "crypto/der.h"

#define DER_VERSION 0xa0 /* [0] EXPLICIT */

static bool
skip(struct mls_buf *der, uint8_t tag)
{
	struct mls_buf value;

	return mls__der_value(&value, der, tag);
}

/* The octets of the public key: those behind the number of unused bits. */
static bool
find_key(struct mls_buf *out, struct mls_buf tbs)
{
	struct mls_buf info;

	if (tbs.len != 0 && tbs.data[0] == DER_VERSION &&
	    !skip(&tbs, DER_VERSION))
		return false;
	if (!skip(&tbs, MLS_DER_INTEGER) ||  /* serialNumber */
	    !skip(&tbs, MLS_DER_SEQUENCE) || /* signature */
	    !skip(&tbs, MLS_DER_SEQUENCE) || /* issuer */
	    !skip(&tbs, MLS_DER_SEQUENCE) || /* validity */
	    !skip(&tbs, MLS_DER_SEQUENCE) || /* subject */
	    !mls__der_value(&info, &tbs, MLS_DER_SEQUENCE) ||
	    !skip(&info, MLS_DER_SEQUENCE) || /* algorithm */
	    !mls__der_value(out, &info, MLS_DER_BITS) || info.len != 0 ||
	    out->len == 0 || out->data[0] != 0)
		return false;
	out->data++;
	out->len--;
	return true;
}

/* CRED-06: one certificate, and nothing behind it. */
static bool
read_certificate(struct mls_buf *key, struct mls_buf in)
{
	struct mls_buf certificate, tbs;

	return mls__der_value(&certificate, &in, MLS_DER_SEQUENCE) &&
	    in.len == 0 &&
	    mls__der_value(&tbs, &certificate, MLS_DER_SEQUENCE) &&
	    skip(&certificate, MLS_DER_SEQUENCE) && /* signatureAlgorithm */
	    skip(&certificate, MLS_DER_BITS) &&     /* signatureValue */
	    certificate.len == 0 && find_key(key, tbs);
}

int
mls__x509_check(const struct mls_leaf *leaf)
{
	struct mls_buf key, first = { NULL, 0 };
	struct mls_reader chain;

	if (leaf->credential.type != MLS_CRED_X509)
		return 0;
	mls__reader_init(&chain, leaf->credential.identity);
	while (mls__reader_more(&chain)) {
		if (!read_certificate(&key, mls__read_opaque(&chain)))
			return MLS_E_X509_MALFORMED;
		if (first.data == NULL)
			first = key;
	}
	return mls__equal(first, leaf->signature_key) ? 0 :
	    MLS_E_X509_KEY_MISMATCH; /* CRED-07 */
}
