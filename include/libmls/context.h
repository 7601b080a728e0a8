/* SPDX-License-Identifier: MIT */
/* Contexts: configuration, providers and policy.  Included by mls.h. */
#ifndef LIBMLS_CONTEXT_H
#define LIBMLS_CONTEXT_H

#include "libmls/types.h"

MLS_C_BEGIN

typedef struct mls_context mls_context;

/* Where a credential is met that the application should judge. */
#define MLS_AT_CREATE 1 /* our own, in a new group */
#define MLS_AT_ADD 2    /* an Add, made or received */
#define MLS_AT_UPDATE 3 /* an Update, made or received */
#define MLS_AT_COMMIT 4 /* the path of a commit */
#define MLS_AT_JOIN 5   /* a member of a group being joined */
#define MLS_AT_EXTERNAL_SENDER 6 /* who may propose from outside */
#define MLS_AT_EXTERNAL_ADD 7  /* a stranger who asks to be added */
#define MLS_AT_EXTERNAL_JOIN 8 /* an external commit, made or received */
#define MLS_AT_RESYNC 9        /* one that replaces the leaf of `previous` */

#define MLS_CREDENTIAL_BASIC 1
#define MLS_CREDENTIAL_X509 2

/* A member or one to be: borrowed octets. */
struct mls_identity {
	uint16_t credential_type; /* MLS_CREDENTIAL_* or another */
	struct mls_buf identity;  /* basic: the identity; X.509: the
	                           * certificates, opaque<V> each; else the
	                           * body of the Credential */
	struct mls_buf signature_key;
	struct mls_buf application_id; /* unverified; often empty */
};

#define MLS_FRAMING_PUBLIC 1u
#define MLS_FRAMING_PRIVATE 2u

struct mls_summary;
struct mls_effect;
struct mls_group;

/* Where an extension list stands. */
#define MLS_IN_KEY_PACKAGE 1
#define MLS_IN_LEAF 2
#define MLS_IN_GROUP_CONTEXT 4
#define MLS_IN_GROUP_INFO 8

/* A type of proposal of the application's own (RFC 9420 §13.2). */
struct mls_custom_proposal {
	uint16_t type;
	uint32_t flags; /* MLS_CUSTOM_* */
	/* *length: how many of the octets of in are the body; other than 0: in
	 * does not begin with one.  NULL: the body is one opaque<V>. */
	int (*read)(void *payload, uint16_t type, struct mls_buf in,
	    size_t *length);
	/* May it stand, alone and in a commit?  0: yes.  NULL: yes. */
	int (*judge)(void *payload, const struct mls_effect *effect);
	/* A commit that holds it was applied.  NULL: nothing to do. */
	void (*apply)(void *payload, struct mls_group *group,
	    const struct mls_effect *effect);
};
#define MLS_CUSTOM_NO_PATH 1u /* a commit of it needs no path (§12.4) */
#define MLS_CUSTOM_EXTERNAL 2u /* external senders may send it (§12.1.8) */
#define MLS_CUSTOM_EXTERNAL_COMMIT 4u /* by value in external commits */

/*
 * What the application decides.  Zero stands for the default named behind
 * each member.  A question without a callback is answered "no".
 */
struct mls_policy {
	size_t size;
	void *payload; /* handed to the callbacks */

	/* May this credential take part (RFC 9420 §5.3.1)?  0: yes.  previous
	 * is the one it replaces, or NULL.  Required: without it every
	 * credential is refused (CRED-04). */
	int (*credential)(void *payload, int where,
	    const struct mls_identity *identity,
	    const struct mls_identity *previous);

	/* Is this commit's list of proposals acceptable?  0: yes.  NULL:
	 * yes. */
	int (*commit)(void *payload, const struct mls_summary *summary);

	/* Seconds since 1970; NULL: the system's clock. */
	uint64_t (*now)(void *payload);

	uint64_t max_lifetime; /* of a leaf, seconds (one year);
	                        * UINT64_MAX: unlimited */
	uint64_t clock_skew;   /* seconds (3600) */
	uint32_t receive_framing; /* handshake: MLS_FRAMING_* (both) */
	uint32_t send_framing;    /* handshake (MLS_FRAMING_PRIVATE) */
	uint32_t padding;      /* private messages are filled up to a multiple
	                        * of this many octets (none) */

	uint32_t past_epochs;  /* kept to read late messages (3);
	                        * UINT32_MAX: none */
	uint32_t max_forward;  /* generations a ratchet may skip (1000) */
	uint32_t max_skipped;  /* kept keys of a sender (1000 application,
	                        * 32 handshake) */
	uint32_t max_resumption; /* kept resumption PSKs (32) */
	uint32_t max_members;  /* 2^17 */
	uint32_t max_proposals; /* cached in an epoch (4096), a sixteenth of
	                         * them of one sender */

	/* Extension types that the application understands, beside the
	 * default ones. */
	const uint16_t *extensions;
	size_t n_extensions;

	/* Bits MLS_TOLERATE_*. */
	uint32_t tolerate;

	/* Bits MLS_EXTERNAL_*: what those may do who are no members, if the
	 * credential callback knows them (nothing). */
	uint32_t external;

	/* Is this the data of an extension of that type, one of the above?
	 * 0: yes.  place: MLS_IN_*.  NULL: it is not looked at. */
	int (*extension)(void *payload, uint16_t type, int place,
	    struct mls_buf data);
	/* Proposal types beside the default ones. */
	const struct mls_custom_proposal *proposals;
	size_t n_proposals;
	/* Credential types that the application understands beside basic:
	 * MLS_CREDENTIAL_X509, and others whose body is one vector. */
	const uint16_t *credentials;
	size_t n_credentials;
	/* Are these two one and the same member, though their credentials
	 * differ?  0: yes.  Of groups that follow from others, and of who comes
	 * back in its own place.  NULL: no. */
	int (*same)(void *payload, const struct mls_identity *one,
	    const struct mls_identity *other);
	uint32_t drafts;    /* bits MLS_DRAFT_*: of the extensions draft */
	uint32_t no_grease; /* 1: none in what we make (§13.5) */
};
#define MLS_POLICY_INIT MLS_SIZED(struct mls_policy)

#define MLS_EXTERNAL_JOIN 1u /* come in by an external commit (EXT-14) */
#define MLS_EXTERNAL_RESYNC 2u /* so, in the place of a member (EXT-15) */
#define MLS_EXTERNAL_RESYNC_PSK 4u /* so, if it has a resumption PSK of this
                                    * group, as who was in it has (EXT-15) */
#define MLS_EXTERNAL_ADD 8u /* propose to be added (EXT-18) */
/* Not theirs but ours: group_publish gives external keys in suites alone whose
 * signatures nobody can alter; those of ECDSA can be (EXT-24). */
#define MLS_EXTERNAL_STRONG 16u

/* draft-ietf-mls-extensions, as of July 2026. */
#define MLS_DRAFT_SELF_REMOVE 1u /* SelfRemove proposals, type 0x000a */

#define MLS_TOLERATE_DEFAULT_TYPES 1u /* listed in capabilities (LEAF-05) */
#define MLS_TOLERATE_LIFETIMES 2u     /* expired key packages (LEAF-14) */
#define MLS_TOLERATE_PENDING_SEND 4u  /* send while our commit waits */
#define MLS_TOLERATE_UNCOMMITTED 8u   /* send while proposals wait (APP-01) */
#define MLS_TOLERATE_UNLISTED_SUITE 16u /* a leaf that does not list the suite it
                                         * is made for (LEAF-06, KP-10) */
/* Members with equal credentials, as of one user's devices: only who has the
 * same signature key is there already (PROP-17, PROP-18, EXT-12), and a
 * successor has as many of each (REINIT-09).  All members have to have it
 * alike. */
#define MLS_TOLERATE_SHARED_IDENTITY 32u

struct mls_context_options {
	size_t size;
	/* Where the configuration comes from: this file alone; or the usual
	 * files unless no_files; then config_text, which overrides. */
	const char *config_file;
	int no_files;
	const char *config_text;
	const char *provider_dir; /* NULL: as installed */
	/* Providers linked in; NULL-terminated, or NULL. */
	const struct mls_provider *const *providers;
	void (*log)(void *payload, int level, const char *text);
	void *log_payload;
	const struct mls_policy *policy; /* copied; NULL: all defaults */
};
#define MLS_CONTEXT_OPTIONS_INIT MLS_SIZED(struct mls_context_options)

/* context_new: reads the configuration.  options NULL: all defaults. */
MLS_API int mls_context_new(mls_context **out,
    const struct mls_context_options *options);

/* context_free: after all clients are closed. */
MLS_API void mls_context_free(mls_context *context);

/* context_cause(out, size, context): the text of the last error that a provider
 * or the configuration reported, cut to size octets with its 0; "" if none.
 * For a person to read.  Thread-safe. */
MLS_API void mls_context_cause(char *out, size_t size,
    const mls_context *context);

/* suite_name(context, suite): its IANA name, or NULL. */
MLS_API const char *mls_suite_name(mls_context *context, uint16_t suite);

/* inspect(text, context, in): any MLS object as indented text, with a 0 octet
 * behind it: MLSMessages, and bare KeyPackages, trees and GroupInfos. */
MLS_API int mls_inspect(struct mls_bytes *text, mls_context *context,
    struct mls_buf in);

MLS_C_END

#endif
