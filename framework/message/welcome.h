/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3: GroupInfo, Welcome, GroupSecrets. */
#ifndef MLS_MESSAGE_WELCOME_H
#define MLS_MESSAGE_WELCOME_H

#include "message/proposal.h"
#include "schedule/context.h"

struct mls_group_info {
	struct mls_group_context context;
	struct mls_buf extensions;
	struct mls_buf confirmation_tag;
	uint32_t signer;
	struct mls_buf signature;
	struct mls_buf tbs, raw;
	struct mls_buf whole; /* its SignContent, if that stands in one piece */
};
void mls__group_info_read(struct mls_group_info *out, struct mls_reader *r);

/* group_info_head(info, room): of one that was decoded right behind so many
 * octets of room: they become the head of its SignContent, so that what is as
 * large as the tree need not be copied to check the signature. */
#define MLS_GROUP_INFO_ROOM 32
void mls__group_info_head(struct mls_group_info *info, uint8_t *room);

/* group_info_sign(w, fields, s, key): context.raw, extensions,
 * confirmation_tag and signer are taken from fields. */
int mls__group_info_sign(struct mls_writer *w,
    const struct mls_group_info *fields, const struct mls_suite *s,
    const struct mls_privkey *key);
void mls__group_info_verify_job(struct mls_verify_job *job,
    const struct mls_group_info *info, struct mls_buf signer_key); /* GI-02 */

enum { MLS_LIMIT_WELCOME_ENTRIES = 1 << 17 }; /* LIMIT-14 */

struct mls_welcome_entry { /* EncryptedGroupSecrets */
	struct mls_buf new_member; /* KeyPackageRef */
	struct mls_ciphertext secrets;
};
struct mls_welcome {
	uint16_t suite;
	size_t n;
	struct mls_welcome_entry *entries;
	struct mls_buf group_info; /* encrypted */
};
void mls__welcome_read(struct mls_welcome *out, struct mls_arena *arena,
    struct mls_reader *r);
void mls__welcome_write(struct mls_writer *w, const struct mls_welcome *in);

/* welcome_entry_check(entry, s): the lengths that the suite fixes: CRYPT-07,
 * CRYPT-08, CRYPT-14. */
int mls__welcome_entry_check(const struct mls_welcome_entry *entry,
    const struct mls_suite *s);

struct mls_group_secrets {
	struct mls_buf joiner_secret;
	bool has_path_secret;
	struct mls_buf path_secret;
	size_t n;
	struct mls_psk_id *psks;
};
void mls__group_secrets_read(struct mls_group_secrets *out,
    struct mls_arena *arena, struct mls_reader *r);
void mls__group_secrets_write(struct mls_writer *w,
    const struct mls_group_secrets *in);

/* group_secrets_check(gs, s): SECRET_LENGTH (CRYPT-15),
 * WELCOME_PSK_NONCE_LENGTH (WELCOME-08). */
int mls__group_secrets_check(const struct mls_group_secrets *gs,
    const struct mls_suite *s);

#endif
