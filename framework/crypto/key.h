/* SPDX-License-Identifier: MIT */
/* Private keys as handles of the provider that made them. */
#ifndef MLS_CRYPTO_KEY_H
#define MLS_CRYPTO_KEY_H

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/suite.h"

/* Where a key is beside its handle.  One that leaves its provider as octets is
 * always volatile. */
enum mls_key_life {
	MLS_KEY_VOLATILE, /* nowhere: it goes with the handle */
	MLS_KEY_SAVED,    /* in its provider, for good; it is still to be seen
	                   * whether a record refers to it */
	MLS_KEY_ORPHAN,   /* there; none ever did: destroyed with the handle */
	MLS_KEY_KEPT      /* there, and a record may refer to it */
};

/* Immutable, but for its life; counted references, not thread-safe to
 * count. */
struct mls_privkey {
	struct mls_instance *owner;
	struct mls_key *handle;
	uint16_t role, id;
	uint8_t life;
	uint8_t *ref; /* what its owner calls it; NULL: volatile */
	size_t ref_len;
	struct mls_privkey *next; /* among those that a transaction saved */
	unsigned refs;
	size_t pub_len;
	uint8_t pub[]; /* its public key, kept with it */
};

/* key_route(s, role): who makes such keys for the suite.
 * key_wrap(out, inst, route, handle): the handle is released if that fails.
 * key_destroy(inst, handle): erases the key where it lives, and drops the
 * handle either way.  The provider's status. */
const struct mls_route *mls__key_route(const struct mls_suite *s,
    uint16_t role);
int mls__key_wrap(struct mls_privkey **out, struct mls_instance *inst,
    const struct mls_route *route, struct mls_key *handle);
int mls__key_destroy(struct mls_instance *inst, struct mls_key *handle);

/* key_derive(out, s, ikm): KEM.DeriveKeyPair of the suite (§7.4). */
int mls__key_derive(struct mls_privkey **out, const struct mls_suite *s,
    struct mls_buf ikm);

/* key_generate_kem, _sign(out, s): a fresh key, drawn from the routed RNG. */
int mls__key_generate_kem(struct mls_privkey **out,
    const struct mls_suite *s);
int mls__key_generate_sign(struct mls_privkey **out,
    const struct mls_suite *s);

/* key_import(out, s, role, priv): canonical octets; short NIST scalars are
 * padded on the left.  role: MLS_ROLE_KEM or MLS_ROLE_SIGN. */
int mls__key_import(struct mls_privkey **out, const struct mls_suite *s,
    uint16_t role, struct mls_buf priv);

/* key_write(w, key), key_read(out, r, plugins...): the stored form: role, id,
 * kind, owner's name if the blob is a reference, blob.  A raw key is imported
 * by whoever serves its role in the suite; PROVIDER_KEY_OWNER names a missing
 * owner.  Writing saves a key that stays in its provider: so do it within the
 * transaction that is to hold it, by mls__batch_write_key. */
void mls__key_write(struct mls_writer *w, const struct mls_privkey *key);
int mls__key_read(struct mls_privkey **out, struct mls_reader *r,
    const struct mls_suite *s);

/* key_unsettle(key): it was saved, but for no record.  It is saved again if it is
 * written again: CHANGE_STALE if it has been destroyed by then. */
void mls__key_unsettle(struct mls_privkey *key);

/* key_export(w, key): its canonical octets, as key_import takes them;
 * PROVIDER_FAILED for a key that does not leave its owner. */
void mls__key_export(struct mls_writer *w, const struct mls_privkey *key);

/* key_copy(out, key, inst): the same key in another provider, freed by
 * key_copy_free.  A provider's status: UNSUPPORTED for a key that cannot leave
 * its own. */
int mls__key_copy(struct mls_key **out, const struct mls_privkey *key,
    struct mls_instance *inst);
void mls__key_copy_free(struct mls_key *copy, struct mls_instance *inst);

/* key_erase(name, p, stored): destroys the key of a reference in the stored
 * form, in the provider of that name; 0 too if it is not there any more. */
int mls__key_erase(struct mls_buf *name, struct mls_plugins *p,
    struct mls_buf stored);

struct mls_buf mls__key_public(const struct mls_privkey *key);
struct mls_privkey *mls__key_ref(struct mls_privkey *key);
void mls__key_free(struct mls_privkey *key); /* drops a reference */

#endif
