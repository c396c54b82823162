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

/// @brief A policy's answer, trivially copyable. On hold and on most refusals the trade is empty (direction none).
/// @tparam State the policy's state; `state` is the one to keep for the next look
template <class State>
struct decision {
  trimtab::verdict verdict = verdict::hold;
  errc reason = errc::inside_band;  ///< of a hold or a refusal; of a rebalance that falls short, `infeasible`
  sizing::limit binding = sizing::limit::none;
  trimtab::trust trust = trust::ok;
  bool emergency = false;
  double health = infinity;            ///< now, on the protocol's prices
  double health_with_fill = infinity;  ///< as if the order in flight had filled
  double best_health = 0.0;            ///< what could be reached, when the target cannot
  double target = 0.0;
  std::uint64_t nonce = 0;
  timestamp deadline = never;
  sizing::trade trade{};
  State state{};
};

}  // namespace trimtab
