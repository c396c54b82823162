// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::sizing {

enum class leg_status : std::uint8_t {
  open,         ///< wanted, nothing filled yet
  partial,      ///< some of it filled
  full,         ///< what is held is what is wanted
  blocked,      ///< nothing can be ordered: what is held stays as it is, too little or too much
  deleveraged,  ///< the venue closed part or all of it, and that has not been made good
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(leg_status s) noexcept {
  constexpr const char* names[] = {"open", "partial", "full", "blocked", "deleveraged"};
  return names[static_cast<std::size_t>(s)];
}

/// @brief One venue's share of a hedge, as far as receipts tell. Units of the underlying's delta, negative short, so
/// that legs of different contracts add up.
struct hedge_leg {
  double wanted = 0.0;         ///< the caller sets it anew when the hedge is sized anew
  double filled = 0.0;         ///< held now
  double taken = 0.0;          ///< closed by the venue against our will, not signed, since the leg was last full
  double capacity = infinity;  ///< the most that the venue lets be held, not signed
  bool halted = false;         ///< the venue takes no orders

  /// @brief What can be ordered here now: towards `wanted`, within the capacity. More held than the capacity is left.
  [[nodiscard]] constexpr double orderable() const noexcept {
    if (halted) return 0.0;
    const double held = magnitude(filled), most = wanted * filled > 0.0 ? larger(capacity, held) : capacity;
    return smaller(larger(wanted, -most), most) - filled;
  }
  [[nodiscard]] constexpr leg_status status() const noexcept {
    if (halted) return leg_status::blocked;
    if (filled == wanted) return leg_status::full;
    if (orderable() == 0.0) return leg_status::blocked;
    if (taken > 0.0) return leg_status::deleveraged;
    return filled == 0.0 ? leg_status::open : leg_status::partial;
  }
  /// @errors not_finite, negative_amount (capacity, taken)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(wanted) || !is_finite(filled) || !is_finite(taken) || capacity != capacity) return errc::not_finite;
    return capacity >= 0.0 && taken >= 0.0 ? errc::ok : errc::negative_amount;
  }
};

enum class leg_event : std::uint8_t {
  fill,        ///< `amount` more is held, signed
  reject,      ///< the order was refused for want of capacity: what is held is all that may be
  deleverage,  ///< the venue closed `amount` of it, not signed: auto-deleveraging, or a liquidation
  halt,        ///< the venue stopped taking orders
  resume,      ///< it takes them again, and lets `amount` be held, not signed
};

struct leg_receipt {
  leg_event what = leg_event::fill;
  double amount = 0.0;  ///< units of the underlying's delta
};

/// @brief The leg after what the venue reports. It moves on receipts alone: an order that was sent changes nothing.
///
/// A venue can deleverage while it is halted. Deleveraging leaves the capacity; who no longer trusts the venue lowers
/// it. A fill within 10⁻¹² of the whole is the whole: partial fills add up with roundings.
/// @errors those of `hedge_leg::validate`; not_finite, negative_amount; reserve_closed (a fill at a halted venue),
///         capacity (a fill past what is wanted, or away from it), insufficient_balance (more closed than was held)
constexpr result<hedge_leg> after(hedge_leg leg, const leg_receipt& receipt) noexcept {
  constexpr double rounding = 1e-12;
  if (const errc e = leg.validate(); e != errc::ok) return e;
  const double amount = receipt.amount, held = magnitude(leg.filled);
  const bool without_limit = receipt.what == leg_event::resume && amount == infinity;
  if (!is_finite(amount) && !without_limit) return errc::not_finite;
  if (amount < 0.0 && receipt.what != leg_event::fill) return errc::negative_amount;
  switch (receipt.what) {
    case leg_event::fill: {
      if (leg.halted) return errc::reserve_closed;
      const double missing = leg.wanted - leg.filled, slack = rounding * magnitude(leg.wanted);
      const double left = missing - amount, forward = missing < 0.0 ? -amount : amount;
      if (forward < 0.0 || forward > magnitude(missing) + slack) return errc::capacity;
      leg.filled = magnitude(left) <= slack ? leg.wanted : leg.filled + amount;
      if (leg.filled == leg.wanted) leg.taken = 0.0;
      return leg;
    }
    case leg_event::reject:
      leg.capacity = smaller(leg.capacity, held);
      return leg;
    case leg_event::deleverage: {
      if (amount > held * (1.0 + rounding)) return errc::insufficient_balance;
      const double closed = smaller(amount, held);
      leg.filled -= leg.filled < 0.0 ? -closed : closed;
      leg.taken += closed;
      return leg;
    }
    case leg_event::halt:
      leg.halted = true;
      return leg;
    case leg_event::resume:
      leg.halted = false;
      leg.capacity = amount;
      return leg;
  }
  return errc::bad_configuration;
}

/// What the book is exposed to after all: its own delta and what the legs really hold. Units of the underlying.
constexpr double residual_delta(double book_delta, std::span<const hedge_leg> legs) noexcept {
  double sum = book_delta;
  for (const hedge_leg& leg : legs) sum += leg.filled;
  return sum;
}

}  // namespace trimtab::sizing
