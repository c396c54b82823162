// SPDX-License-Identifier: MIT
#pragma once

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

/// @brief The one order of an episode. As many trades as its schedule needs, each with a nonce of its own.
struct order {
  order_status status = order_status::idle;
  direction towards = direction::none;
  bool more_to_come = false;  ///< this trade is a piece: its fill does not end the episode
  std::uint64_t nonce = 0;    ///< of the trade proposed or in flight; a replacement keeps it
  std::uint64_t episode = 0;
  timestamp deadline = never;
  double target = 0.0;
  change expected{};  ///< what the trade in flight would do to the account

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
  replaced,          ///< sent again under the same nonce with a higher fee
  expired,           ///< will not execute any more
  liquidated,        ///< somebody else liquidated the account: nothing of ours, but look again
};

struct receipt {
  receipt_kind kind = receipt_kind::sent;
  std::uint64_t nonce = 0;
  timestamp at{};
};

/// @brief The order after a receipt. A receipt for another nonce, or one that cannot follow, changes nothing.
///
/// A fill, a revert and an expiry end the nonce: the next trade gets a new one. A revert waits for nothing.
/// @param wait how long a sent transaction may take
constexpr order after_receipt(order o, const receipt& r, seconds wait) noexcept {
  if (r.kind == receipt_kind::liquidated || r.nonce != o.nonce) return o;
  const bool open = o.status == order_status::proposed || o.status == order_status::pending;
  if (!open) return o;
  const auto end = [&](order_status with) {
    o.status = with;
    ++o.nonce;
    o.expected = {};
  };
  switch (r.kind) {
    case receipt_kind::sent:
    case receipt_kind::replaced:
      o.status = order_status::pending;
      o.deadline = r.at + wait;
      break;
    case receipt_kind::partially_filled:
      end(order_status::partial);
      break;
    case receipt_kind::filled:
      end(o.more_to_come ? order_status::partial : order_status::filled);
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
