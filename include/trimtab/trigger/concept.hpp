// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/core/time.hpp>

#include <concepts>
#include <cstdint>
#include <limits>

namespace trimtab {

/// @brief What a trigger is shown: numbers, never models.
///
/// Health and time are always there. The rest is computed only for a trigger that says it reads it (`reading`), and
/// has its default otherwise.
struct signal {
  double health = infinity;
  timestamp now{};
  timestamp last_fill = never;      ///< when the last order was filled
  double borrow_health = infinity;  ///< the same ratio of the borrow form: what may be owed over what is
  double collateral_value = 0.0;    ///< unweighted, base currency
  double debt_value = 0.0;          ///< unweighted, base currency
  double price = 0.0;               ///< protocol's price of the collateral that is sold in the debt that is repaid
  double next_health = infinity;  ///< the lowest at the prices the protocol has published for later, moment by moment;
                                  ///< `health` where it has none
  timestamp next_at = never;      ///< when the first of those takes effect
  double log_delta = 0.0;         ///< d ln HF / d ln price, that collateral's price alone
  double log_gamma = 0.0;         ///< d² ln HF / (d ln price)²
  double carry = 0.0;             ///< what the equity earns a year
};

/// What a trigger reads of a signal besides health, time, the last fill and carry: `static constexpr unsigned reads`,
/// several or-ed; left out, nothing.
namespace reading {
inline constexpr unsigned borrow_form = 1, values = 2, price = 4, next_prices = 8, greeks = 16;
}  // namespace reading

template <class T>
constexpr unsigned reads_of() noexcept {
  if constexpr (requires { T::reads; })
    return T::reads;
  else
    return 0;
}

/// Which way to move health.
enum class direction : std::uint8_t { none, deleverage, leverage };

/// What a trigger says. A trigger that only permits (a cooldown) has direction `none` and no target.
///
/// One that does not fire may still say which way it leans, and why it waits.
struct firing {
  bool fired = false;
  bool emergency = false;  ///< act whatever the other triggers, the cooldown and the cost limits say
  direction towards = direction::none;
  double target = 0.0;           ///< health to restore; 0 where this trigger has no opinion
  errc why = errc::inside_band;  ///< what it is waiting for, when it does not fire
  double urgency = 0.0;          ///< 0 at the edge that fired, 1 at the emergency: what gas may cost grows with it

  constexpr explicit operator bool() const noexcept { return fired; }
};

/// @brief The open band of health, and the moment up to which, in which a trigger, from this state, is sure to stay
/// silent; empty when low ≥ high or `until` has come.
///
/// Steps inside it may be left out: no later decision would differ.
struct calm {
  double low = 0.0;
  double high = infinity;
  bool permits_only =
      false;  ///< has no direction and calls no emergency: it never acts, so it keeps nobody awake either
  timestamp until = forever;  ///< exclusive
};

/// @brief What a trigger that reads more than health and time can promise: no silence, since the price, the carry or
/// the greeks may move while health does not. `until` is in the past; the edges stay, for sizers to keep within.
constexpr calm restless(calm c = {}) noexcept {
  c.until = never;
  return c;
}

/// @brief A small state machine over numbers. `trigger::cooldown` is the one to copy.
///
/// - `state_type`          what it remembers; configuration never changes
/// - `validate()`          errc::ok or errc::bad_configuration
/// - `step(state, signal)` the next state
/// - `fired(state)`        what that state says
/// - `quiet(state)`        where, from this state, it has nothing to say
template <class T>
concept Trigger = std::semiregular<typename T::state_type> &&
    requires(const T& trigger, const typename T::state_type& state, const signal& s) {
  { trigger.validate() } -> std::same_as<errc>;
  { trigger.step(state, s) } -> std::same_as<typename T::state_type>;
  { trigger.fired(state) } -> std::same_as<firing>;
  { trigger.quiet(state) } -> std::same_as<calm>;
};

/// @brief The health that a trigger may come to ask for in a direction: what a policy is validated for.
///
/// A trigger whose quiet band does not tell says so itself, `aim(direction)`. Of another, the band does: silent to the
/// end of one side, it never asks for anything from there.
/// @return 0: it never goes that way; NaN: only a look will tell
template <Trigger T>
constexpr double aim_of(const T& trigger, direction towards) noexcept {
  if constexpr (requires { trigger.aim(towards); }) return trigger.aim(towards);
  const calm c = trigger.quiet({});
  if (c.permits_only) return 0.0;
  const bool tells = c.until != never || 0.0 < c.low || c.high < infinity;
  if (!tells || !(c.low < c.high)) return std::numeric_limits<double>::quiet_NaN();
  const bool down = towards == direction::deleverage;
  if (down ? !(c.low > 0.0) : !(c.high < infinity)) return 0.0;
  const firing f = trigger.fired(trigger.step({}, {.health = down ? c.low : c.high}));
  return f.towards == towards ? f.target : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace trimtab
