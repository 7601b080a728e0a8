/* SPDX-License-Identifier: MIT */
/*
 * Messages with a defect.  A forger has all secrets of a member and makes what
 * that member could make, with any field another: signed, tagged and sealed
 * anew, so that only the defect itself can be refused.
 */
#ifndef TESTS_RULES_FORGE_H
#define TESTS_RULES_FORGE_H

#include "group/making.h"
#include "group/client.h"
#include "group/ratchet.h"
#include "group/rules.h"
#include "unit/group_fixture.h"

/* The suite in the environment variable MLS_TEST_SUITE, or 1. */
uint16_t suite_asked(void);

/* Members of one group, leaf i being m[i], and an outsider behind them. */
struct party {
	mls_context *context;
	const struct mls_suite *s;
	uint16_t suite; /* its number */
	uint16_t other; /* another one of this provider; 0: it has none */
	struct mls_arena arena; /* of all that is forged */
	struct member m[6];
	size_t n;
	mls_observer *watch; /* see watch.c; NULL: not yet */
	bool unwatched; /* it is not asked: it would see what the member does
	                 * not get to */
	/* signs forged leaves and packages; NULL: whose they are */
	const struct mls_privkey *leaf_key;
	/* the outsider's leaf and signature key, once wanted */
	struct mls_leaf stranger;
	struct mls_privkey *stranger_key;
};

/* party_new(p, policy, n): n members (of at most 5) that have all committed
 * once, so that the tree has parents. */
void party_new(struct party *p, const struct mls_policy *policy, size_t n);
void party_free(struct party *p);

/* What a member's store holds, all of it. */
struct mls_buf party_store(struct party *p, struct member *m);

/* Octets that live as long as the party. */
struct mls_buf keep(struct party *p, struct mls_buf b);
struct mls_buf keep_bytes(struct party *p, struct mls_bytes b); /* frees b */
struct mls_buf keep_writer(struct party *p, struct mls_writer *w);
/* flipped(p, b, at): with one bit of octet `at` another (from the end if
 * negative; -2 leaves a signature of any scheme well-formed). */
struct mls_buf flipped(struct party *p, struct mls_buf b, long at);
/* cut(b, n): without its last n octets. */
struct mls_buf cut(struct mls_buf b, size_t n);
/* longer(p, b, n): with n octets 0 behind it. */
struct mls_buf longer(struct party *p, struct mls_buf b, size_t n);
/* extension(p, type, data): one, encoded. */
struct mls_buf extension(struct party *p, uint16_t type, struct mls_buf data);
struct mls_buf joined(struct party *p, struct mls_buf a, struct mls_buf b);

/* nonce(p, fill): as long as that of a PSK.  fresh_key(p): an HPKE public
 * key. */
struct mls_buf nonce(struct party *p, uint8_t fill);
struct mls_buf fresh_key(struct party *p);

/* x509_chain(p, key): a Credential of two certificates, the first for key. */
struct mls_buf x509_chain(struct party *p, struct mls_buf key);

/* A message to be: forge_new fills in what the member would. */
struct forge {
	struct party *p;
	struct member *by;
	mls_group *g;
	uint16_t wire_format;
	struct mls_content_head head;
	struct mls_buf body;
	struct mls_buf context; /* that the signature covers */
	const struct mls_privkey *key;
	struct mls_secret membership; /* key of the tag */
	bool joins; /* an external commit of the outsider */
	struct mls_secret init; /* then: of the last ExternalInit */
	/* of the finished parts; NULL: as they come */
	struct mls_buf (*on_signature)(struct party *, struct mls_buf);
	struct mls_buf (*on_membership)(struct party *, struct mls_buf);
	struct mls_buf (*on_confirmation)(struct party *, struct mls_buf);
	/* private messages */
	struct mls_sender_data sender_data;
	uint32_t ratchet_leaf;
	uint8_t ratchet_kind;
	struct mls_buf padding;
	struct mls_buf (*on_plain)(struct party *, struct mls_buf);
	struct mls_buf (*on_sender_plain)(struct party *, struct mls_buf);
	struct mls_buf (*on_ciphertext)(struct party *, struct mls_buf);
	struct mls_buf (*on_sender_data)(struct party *, struct mls_buf);
	uint8_t outer_type; /* content type of the header */
	struct mls_buf outer_aad;
	/* made by forge_sign */
	struct mls_buf content, signature;
};
void forge_new(struct forge *f, struct party *p, size_t by, uint8_t type);
/* forge_joiner(f, p, by): an external commit of the outsider, into the group as
 * member `by` sees it.  forge_proposer(f, p, type): an outsider's proposal,
 * with the outsider's key.  external_init(f): the proposal. */
void forge_joiner(struct forge *f, struct party *p, size_t by);
void forge_proposer(struct forge *f, struct party *p, uint8_t type);
struct mls_buf external_init(struct forge *f);
/* forge_private(f): to travel as a PrivateMessage, with the member's next
 * generation. */
void forge_private(struct forge *f);
void forge_sign(struct forge *f);
/* forge_seal(f, tag): what was signed; tag: of a commit, else empty. */
struct mls_buf forge_seal(struct forge *f, struct mls_buf confirmation_tag);
struct mls_buf forge_message(struct forge *f, struct mls_buf body);

/* Proposals, encoded. */
struct mls_buf propose_remove(struct party *p, uint32_t leaf);
struct mls_buf propose_add(struct party *p, struct mls_buf package);
struct mls_buf propose_psk(struct party *p, const struct mls_psk_id *id);
struct mls_buf propose_extensions(struct party *p, struct mls_buf list);
struct mls_buf propose_reinit(struct party *p, const struct mls_reinit *r);
/* propose_update(p, who, hook): with a fresh key; hook: on the fields before
 * they are signed, or NULL. */
typedef void (*leaf_hook)(struct party *, struct mls_leaf *);
struct mls_buf propose_update(struct party *p, size_t who, leaf_hook hook);

/* forge_package(p, who, spec): a KeyPackage of that client. */
struct package_spec {
	leaf_hook leaf;
	void (*package)(struct party *, struct mls_key_package *);
	bool bad_leaf_signature, bad_signature, leaf_label;
};
struct mls_buf forge_package(struct party *p, size_t who,
    const struct package_spec *spec);

/* A commit to be; what is not set is as the member would have it. */
struct commit_spec {
	size_t n;
	struct mls_buf values[6]; /* by value */
	size_t n_refs;
	struct mls_buf refs[6];
	bool pathless;
	leaf_hook leaf;
	uint32_t sign_as; /* leaf index that the path leaf is signed for, +1 */
	void (*path)(struct party *, struct mls_update_path *);
	bool old_context; /* path sealed under the current GroupContext */
	bool wrong_secret; /* path secrets that do not fit the keys */
	bool other_commit_secret; /* than follows from the path, or none */
};
struct mls_buf forge_commit(struct forge *f, const struct commit_spec *spec);

/* commit_of(p, by, n, values...): a public commit with a path. */
struct mls_buf commit_of(struct party *p, size_t by, size_t n, ...);
/* proposal_of(p, by, value): a public proposal. */
struct mls_buf proposal_of(struct party *p, size_t by, struct mls_buf value);

/* cache(p, by, value): proposed to all members; its reference.
 * commit_refs, commit_mixed: Bob's, of references or of one and a value.
 * good_add(p): of the outsider. */
struct mls_buf cache(struct party *p, size_t by, struct mls_buf value);
struct mls_buf commit_refs(struct party *p, size_t n, struct mls_buf a,
    struct mls_buf b);
struct mls_buf commit_mixed(struct party *p, struct mls_buf ref,
    struct mls_buf value);
struct mls_buf good_add(struct party *p);

/* take(m, message): process and apply.  ref_of(g): of the last proposal
 * that the member holds. */
void take(struct member *m, struct mls_buf message);
struct mls_buf last_ref(const struct member *m);

/* The message is refused so, and nothing in m has changed; or it would be
 * taken. */
#define refused(p, m, message, error) \
	refused_at(__LINE__, p, m, message, error, #error)
#define accepted(p, m, message) accepted_at(__LINE__, p, m, message)
void refused_at(int line, struct party *p, struct member *m,
    struct mls_buf message, int error, const char *name);
void accepted_at(int line, struct party *p, struct member *m,
    struct mls_buf message);

/* watch.c: an observer that the party has.  watch_begin(p, m): where m is, if
 * that can be told.  watch_take(p, message): what all take.  watch_ask(line, p,
 * m, message, rc): m's answer is rc; is it the observer's too? */
void watch_begin(struct party *p, struct member *m);
void watch_take(struct party *p, struct mls_buf message);
void watch_ask(int line, struct party *p, struct member *m,
    struct mls_buf message, int member);

/* Bob's proposal is refused by Alice: alone, and by value in his commit. */
#define refused_both(p, value, error) do { \
	refused(p, &(p)->m[0], proposal_of(p, 1, value), error); \
	refused(p, &(p)->m[0], commit_of(p, 1, 1, value), error); \
} while (0)
#define accepted_both(p, value) do { \
	accepted(p, &(p)->m[0], proposal_of(p, 1, value)); \
	accepted(p, &(p)->m[0], commit_of(p, 1, 1, value)); \
} while (0)

/* Hooks. */
struct mls_buf hook_flip(struct party *p, struct mls_buf b);
struct mls_buf hook_cut(struct party *p, struct mls_buf b);
struct mls_buf hook_longer(struct party *p, struct mls_buf b);
struct mls_buf hook_empty(struct party *p, struct mls_buf b);

#endif
