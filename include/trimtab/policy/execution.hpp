// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/sizing/problem.hpp>

namespace trimtab {

/// How a policy pays and waits.
struct execution {
  sizing::funding funding{};
  seconds wait{120};  ///< from sending until a transaction counts as lost
  double gas_ceiling =
      infinity;               ///< native per gas unit at the band's edge; grows with urgency, to no end in an emergency
  double least_gain = 0.002;  ///< of health: a trade that cannot reach the target is made if it gains this much
  seconds pace{0};            ///< from the fill of one piece of an episode to the next; an emergency does not wait
  seconds resend_after{0};    ///< a transaction in flight for longer is proposed again with a higher fee; 0: never
  /// What a replacement bids at least on top of the fee of the one in flight. Nodes drop what bids less: 10 % in
  /// go-ethereum, 12.5 % in OpenEthereum, twice the fee where a transaction carries blobs.
  /// @source go-ethereum, core/txpool/legacypool/legacypool.go, DefaultConfig.PriceBump; openethereum,
  /// crates/concensus/miner/src/pool/scoring.rs, GAS_PRICE_BUMP_SHIFT
  basis_points fee_raise{1250.0};
  double tank_transactions = 0.0;  ///< alarm when the tank does not pay for this many more; 0: never
  bool leave_overvalued = false;   ///< where the protocol's price is the wrong one and too high, act on the fair health
  sizing::reward reward{};         ///< for whoever sends it, at the band's edge
  sizing::reward urgent_reward{};  ///< the same in an emergency; between the two it grows with urgency
};

/// @errors bad_configuration: no time to execute in, or more than there is until `forever`, a negative pause, a
/// premium, raise or reward that is negative or not finite, a reward that is less in an emergency, a ceiling below
/// zero, a bound that is NaN
constexpr errc validate(const execution& e) noexcept {
  const double premium = e.funding.premium.count;
  // Added to a moment; differences are only compared.
  const bool waits =
      e.wait.count() > 0 && e.wait <= forever.time_since_epoch() && e.pace.count() >= 0 && e.resend_after.count() >= 0;
  const bool bounds = e.gas_ceiling >= 0.0 && e.least_gain == e.least_gain && e.tank_transactions >= 0.0;
  const bool pays = is_finite(premium) && premium >= 0.0 && is_finite(e.fee_raise.count) && e.fee_raise.count >= 0.0 &&
                    is_sound(e.reward) && is_sound(e.urgent_reward) && e.reward.flat <= e.urgent_reward.flat &&
                    e.reward.share.count <= e.urgent_reward.share.count;
  return waits && bounds && pays ? errc::ok : errc::bad_configuration;
}

/// @brief The most that may be bid for gas: the nearer the emergency, the more.
///
/// Formula   gas_ceiling / (1 − u), u the urgency: the ceiling itself at the band's edge, twice it half way to the
/// emergency, infinity in one. A fixed ceiling holds trades back exactly when a crash makes gas dear.
/// @param urgency below 0, or NaN, counts as 0
/// @return native per gas unit
/// @source derived here
constexpr double gas_limit(const execution& e, double urgency, bool emergency) noexcept {
  const double patience = 1.0 - (urgency > 0.0 ? urgency : 0.0);
  return emergency || !(patience > 0.0) ? infinity : e.gas_ceiling / patience;
}

/// @brief What whoever sends the trade is paid: from `reward` at the band's edge to `urgent_reward` in an emergency, in
/// proportion to urgency between them.
constexpr sizing::reward reward_at(const execution& e, double urgency, bool emergency) noexcept {
  const double u = emergency ? 1.0 : smaller(1.0, urgency > 0.0 ? urgency : 0.0);
  const auto between = [u](double a, double b) { return u < 1.0 ? a + u * (b - a) : b; };
  return {.flat = between(e.reward.flat, e.urgent_reward.flat),
          .share = basis_points{between(e.reward.share.count, e.urgent_reward.share.count)}};
}

/// The least fee that the network takes in place of a transaction that bids `in_flight`.
constexpr double least_replacement_fee(const execution& e, double in_flight) noexcept {
  return in_flight * (1.0 + e.fee_raise.fraction());
}

}  // namespace trimtab
