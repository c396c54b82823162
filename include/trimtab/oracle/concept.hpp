// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/market/feed.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab {

/// @brief Whom to believe, and whose fault it is if not. The two faults ask for opposite things.
///
/// If our own reference is wrong and the protocol's feed right, nothing is traded on it. If the *protocol's* feed is
/// wrong it will liquidate on that feed all the same: health and triggers use it, limits use the fair price, and the
/// policy still acts.
enum class trust : std::uint8_t {
  ok,
  ours_bad,
  protocol_bad,
  unknown,   ///< the two differ, and nobody says which is wrong
  both_bad,  ///< each is accused; acted on as `unknown`, but no further word settles it
};

constexpr errc reason_of(trust t) noexcept {
  switch (t) {
    case trust::ok:
      return errc::ok;
    case trust::ours_bad:
      return errc::oracle_ours;
    case trust::protocol_bad:
      return errc::oracle_protocol;
    case trust::unknown:
    case trust::both_bad:
      return errc::oracle_unknown;
  }
  return errc::oracle_unknown;
}

/// @brief Two words about trust together: `ok` yields to all, `unknown` to whoever names the wrong one, and two
/// opposite accusations are `both_bad`. Order and grouping do not matter.
constexpr trust worse(trust a, trust b) noexcept {
  if (a == trust::ok || a == b) return b;
  if (b == trust::ok || b == trust::unknown) return a;
  return a == trust::unknown ? b : trust::both_bad;
}

/// Could this be a price at all?
constexpr bool is_price(double p) noexcept {
  return is_finite(p) && p > 0.0;
}

/// Said within its allowance, and not in the future. What nobody said is never fresh, however long the allowance.
constexpr bool is_fresh(timestamp at, timestamp now, seconds allowed) noexcept {
  return at <= now && at >= now - allowed && at != never;
}

/// What a guard sees of one price slot: the protocol's price, our reference, and whatever else the caller knows.
struct quote {
  observation protocol;
  observation reference;
  std::span<const observation> others{};
  observation average{};
  observation contractual{};
  executable_observation executable{};
  observation next{};
  trimtab::sequencer sequencer{};
};

/// What made a guard doubt a price.
enum class doubt : std::uint8_t {
  none,
  no_price,   ///< NaN, zero, negative, infinite, or not there though it was asked for
  age,        ///< older than its allowance, or from the future
  deviation,  ///< two sources too far apart
  jump,       ///< moved too fast, alone
  bounds,     ///< outside what it may be at all
  sources,    ///< away from the median of the sources, or too few of them
  average,    ///< away from a time-weighted average
  moving_average,
  sequencer,    ///< down, or up again too short a while
  execution,    ///< a venue pays too different a price
  contractual,  ///< the market does not pay what the issuer's contract promises
  next_price,   ///< the next published price is too different
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(doubt d) noexcept {
  constexpr const char* names[] = {"none",      "no_price",    "age",       "deviation",      "jump",
                                   "bounds",    "sources",     "average",   "moving_average", "sequencer",
                                   "execution", "contractual", "next_price"};
  return names[static_cast<std::size_t>(d)];
}

/// The verdict on what is known to be wrong.
constexpr trust accuse(bool ours, bool protocols) noexcept {
  if (ours && protocols) return trust::both_bad;
  return ours ? trust::ours_bad : protocols ? trust::protocol_bad : trust::ok;
}

/// Which of the two is no price at all.
constexpr trust priceless(const quote& q) noexcept {
  return accuse(!is_price(q.reference.price), !is_price(q.protocol.price));
}

/// Which side of a deleveraging trade an asset is on.
enum class leg : std::uint8_t { sold, bought };

/// @brief The price to set limits by: our reference while nobody doubts it, the protocol's when ours is the bad one;
/// when nobody knows, the one that asks least of the venue, so that a rescue is not refused over a quarrel. A reference
/// that is no price is never used, whatever the guards say.
constexpr double fair_price(const quote& q, trust t, leg side) noexcept {
  if (t == trust::ours_bad || !is_price(q.reference.price)) return q.protocol.price;
  if (t == trust::ok || t == trust::protocol_bad) return q.reference.price;
  const bool reference_lower = q.reference.price < q.protocol.price;
  return reference_lower == (side == leg::sold) ? q.reference.price : q.protocol.price;
}

/// A guard's verdict on one slot, the state to keep for the next look, and the reason of a verdict that is not `ok`.
template <class State>
struct guarded {
  trust verdict = trust::ok;
  State state{};
  doubt why = doubt::none;
};

/// A verdict with its reason, which it has only if it is not `ok`.
template <class State>
constexpr guarded<State> said(trust verdict, doubt why, const State& next = {}) noexcept {
  return {verdict, next, verdict == trust::ok ? doubt::none : why};
}

/// @brief Judges one price slot. `oracle::max_age` is the one to copy.
///
/// - `state_type`             what it remembers between looks, per slot; an empty struct where nothing
/// - `validate()`             errc::ok or errc::bad_configuration
/// - `step(state, quote, now)` the verdict and the next state; configuration never changes
template <class G>
concept OracleGuard = std::semiregular<typename G::state_type> &&
    requires(const G& guard, const typename G::state_type& state, const quote& q, timestamp now) {
  { guard.validate() } -> std::same_as<errc>;
  { guard.step(state, q, now) } -> std::same_as<guarded<typename G::state_type>>;
};

}  // namespace trimtab
