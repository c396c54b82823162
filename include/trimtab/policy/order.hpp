// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstdint>

namespace trimtab {

/// Where an order stands. It moves on receipts only; deciding never moves it past `proposed`.
enum class order_status : std::uint8_t {
  idle,      ///< nothing asked for
  proposed,  ///< the last decision asked for it; nobody has said it was sent
  pending,   ///< sent, not seen in a block
  partial,   ///< one piece filled, the episode goes on
  filled,
  reverted,
  expired,  ///< dropped, or past its deadline
};

/// What one trade is for, and what it would do to the account.
struct intent {
  direction towards = direction::none;
  bool more_to_come = false;  ///< a piece: its fill does not end the episode
  double target = 0.0;
  change expected{};
};

/// @brief The one order of an episode. As many trades as its schedule needs, each with a nonce of its own.
struct order {
  order_status status = order_status::idle;
  bool episode_open = false;     ///< a piece has filled and the target is not reached: the next one waits for nothing
  bool gave_up = false;          ///< the nonce before this one expired: nobody saw it fail, it may turn out filled
  bool gave_up_a_piece = false;  ///< and its fill would not have ended the episode
  std::uint64_t nonce = 0;       ///< of the trade proposed or in flight; a replacement keeps it
  std::uint64_t episode = 0;
  timestamp sent_at = never;   ///< of the trade in flight, or of its last replacement
  double fee = 0.0;            ///< native per gas unit that the one in flight bids
  double bid = 0.0;            ///< the same of the trade last proposed: its fee, should nobody tell another
  timestamp deadline = never;  ///< proposed: the plan's; pending: when it counts as lost
  intent current{};            ///< of the trade proposed or in flight; its direction and target outlive it
  intent replacement{};        ///< of the trade last proposed instead of the one in flight, until it is told `replaced`

  [[nodiscard]] constexpr bool in_flight(timestamp now) const noexcept {
    return status == order_status::pending && now <= deadline;
  }
};

/// What happened to a transaction, as the caller saw it.
enum class receipt_kind : std::uint8_t {
  sent,              ///< handed to the network
  partially_filled,  ///< executed in part
  filled,            ///< executed
  reverted,          ///< executed and undone: slippage, health, a limit
  replaced,          ///< sent again under the same nonce: what was proposed instead, else the same with a higher fee
  expired,           ///< will not execute any more
  liquidated,        ///< somebody else liquidated the account: nothing of ours, but look again
};

struct receipt {
  receipt_kind kind = receipt_kind::sent;
  std::uint64_t nonce = 0;
  timestamp at{};
  double fee = 0.0;  ///< sent, replaced: native per gas unit that was bid
};

/// Does a receipt say that a trade of this order executed? That of the nonce given up last, too, however late it comes.
constexpr bool fills(const order& o, const receipt& r) noexcept {
  if (r.kind != receipt_kind::filled && r.kind != receipt_kind::partially_filled) return false;
  const bool open = o.status == order_status::proposed || o.status == order_status::pending;
  return (open && r.nonce == o.nonce) || (o.gave_up && r.nonce == o.nonce - 1);
}

/// @brief The order after a receipt. A receipt for another nonce, or one that cannot follow, changes nothing.
///
/// A fill, a revert and an expiry end the nonce: the next trade gets a new one. A revert waits for nothing. A late fill
/// of the nonce given up last changes what is known of the episode, not the trade proposed or in flight since.
/// @param wait how long a sent transaction may take
constexpr order after_receipt(order o, const receipt& r, seconds wait) noexcept {
  const bool open = o.status == order_status::proposed || o.status == order_status::pending;
  const auto filled = [&](bool piece) {
    o.episode_open = piece || r.kind == receipt_kind::partially_filled;
    return o.episode_open ? order_status::partial : order_status::filled;
  };
  if (r.nonce != o.nonce && fills(o, r)) {
    const order_status late = filled(o.gave_up_a_piece);
    if (!open) o.status = late;
    o.gave_up = false;
  }
  if (r.kind == receipt_kind::liquidated || r.nonce != o.nonce || !open) return o;
  const auto end = [&](order_status with) {
    o.gave_up = with == order_status::expired;
    o.gave_up_a_piece = o.gave_up && o.current.more_to_come;
    o.status = with;
    ++o.nonce;
    o.current.expected = {};
    o.replacement = {};
    o.fee = o.bid = 0.0;
    o.sent_at = never;
  };
  switch (r.kind) {
    case receipt_kind::replaced:
      if (o.replacement.towards != direction::none) o.current = o.replacement;
      o.replacement = {};
      [[fallthrough]];
    case receipt_kind::sent:
      if (r.kind == receipt_kind::replaced || o.status == order_status::proposed || r.fee > 0.0)
        o.fee = is_finite(r.fee) && r.fee > 0.0 ? r.fee : o.bid;
      o.status = order_status::pending;
      o.sent_at = r.at;
      if (o.deadline < r.at + wait) o.deadline = r.at + wait;  // never before the plan's own deadline
      break;
    case receipt_kind::partially_filled:
    case receipt_kind::filled:
      end(filled(o.current.more_to_come));
      break;
    case receipt_kind::reverted:
      end(order_status::reverted);
      break;
    case receipt_kind::expired:
      end(order_status::expired);
      break;
    case receipt_kind::liquidated:
      break;
  }
  return o;
}

}  // namespace trimtab
