// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/concept.hpp>
#include <trimtab/policy/order.hpp>
#include <trimtab/sizing/problem.hpp>

#include <cstdint>

namespace trimtab {

enum class verdict : std::uint8_t {
  hold,       ///< nothing to do, or to be waited for
  rebalance,  ///< the trade is there; send it
  refuse,     ///< something should be done and is not: the reason says why
};

constexpr const char* name(verdict v) noexcept {
  return v == verdict::hold ? "hold" : v == verdict::rebalance ? "rebalance" : "refuse";
}

/// What somebody should know whatever the verdict is.
struct alarms {
  bool gas_tank_low = false;  ///< the tank does not pay for `execution.tank_transactions` more
  bool overvalued =
      false;  ///< a price of the protocol's that is the wrong one makes this health look better than it is
  bool undervalued = false;    ///< or worse: it liquidates on that all the same
  bool own_reference = false;  ///< ours is the wrong one
  bool in_danger = false;      ///< an emergency, now or by the order in flight, or a health that is liquidated, and
                               ///< no trade to meet it

  [[nodiscard]] constexpr bool any() const noexcept {
    return gas_tank_low || overvalued || undervalued || own_reference || in_danger;
  }
  friend constexpr bool operator==(const alarms&, const alarms&) = default;
};

/// @brief A policy's answer, trivially copyable. On hold and on most refusals the trade is empty (direction none).
/// @tparam State the policy's state; `state` is the one to keep for the next look
template <class State>
struct decision {
  trimtab::verdict verdict = verdict::hold;
  errc reason = errc::inside_band;  ///< of a hold or a refusal; of a rebalance that falls short, `infeasible`
  sizing::limit binding = sizing::limit::none;
  trimtab::trust trust = trust::ok;
  trimtab::doubt doubt = doubt::none;  ///< why, where trust is not ok,
  price_slot doubted{};                ///< and of which price
  bool emergency = false;
  bool replaces = false;  ///< the trade is to be sent in place of the one in flight, under its nonce
  trimtab::alarms alarms{};
  double health = infinity;            ///< now, on the protocol's prices
  double fair_health = infinity;       ///< on fair prices where the protocol's are the wrong ones; else `health`
  double health_with_fill = infinity;  ///< as if the order in flight had filled
  double next_health = infinity;       ///< at the prices the protocol has published for later, where the trigger asks
  double best_health = 0.0;            ///< what could be reached, when the target cannot
  double target = 0.0;
  double urgency = 0.0;
  double cost = 0.0;       ///< of the trade, or of one refused as too dear, base currency
  double benefit = 0.0;    ///< what that is worth, base currency, where the sizer's gate has asked
  double gas_price = 0.0;  ///< native per gas unit, to be bid; 0 where there is nothing to send
  double gas_limit = 0.0;  ///< the most that may be bid for this urgency; infinity in an emergency
  std::uint64_t nonce = 0;
  timestamp deadline = never;
  sizing::trade trade{};  ///< its healths are at fair prices where the protocol is left for overvaluing
  State state{};
};

}  // namespace trimtab
