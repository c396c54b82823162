// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::health {

/// @brief Something that is known to change: what holds now, what will, and from when on.
///
/// T is a protocol model with a pending configuration, or Maker's prices with the next ones of its oracle security
/// module.
template <class T>
struct scheduled {
  T now{};
  T next{};
  timestamp from = forever;  ///< the first moment of `next`

  /// What is in force at a moment.
  [[nodiscard]] constexpr const T& at(timestamp t) const& noexcept { return t < from ? now : next; }
  const T& at(timestamp t) const&& = delete;  // it would outlive what it points into
};

/// Health before and after a change that is known in advance.
struct scheduled_health {
  double now = 0.0;
  double next = 0.0;
};

namespace detail {

template <class M, std::size_t N>
constexpr result<double> checked_health(const M& model, const account<N>& a, oracle_prices<double> prices) noexcept {
  if (const errc e = validate(model, a, prices); e != errc::ok) return e;
  return health_factor(model.template liquidation_form<double>(a), prices);
}

}  // namespace detail

/// @brief Health factors under the configuration in force and under the pending one, at the same prices.
/// @errors those of the door, under either
template <HealthModel M, std::size_t N>
constexpr result<scheduled_health> health_of(const scheduled<M>& models, const account<N>& a,
                                             oracle_prices<double> prices) noexcept {
  const auto now = detail::checked_health(models.now, a, prices);
  const auto next = detail::checked_health(models.next, a, prices);
  if (!now) return now.error();
  if (!next) return next.error();
  return scheduled_health{*now, *next};
}
/// The same under the prices in force and the next ones: Maker's, which are known an hour ahead. Errors as above.
template <HealthModel M, std::size_t N>
constexpr result<scheduled_health> health_of(const M& model, const account<N>& a,
                                             const scheduled<oracle_prices<double>>& prices) noexcept {
  const auto now = detail::checked_health(model, a, prices.now);
  const auto next = detail::checked_health(model, a, prices.next);
  if (!now) return now.error();
  if (!next) return next.error();
  return scheduled_health{*now, *next};
}

/// @brief A liquidation LTV on its way down: Euler lowers it second by second, so that nobody is liquidated by the vote
/// itself. The *borrow* LTV drops at once.
///
/// Formula   L(t) = target + ⌊(initial − target) · (until − t) / duration⌋ in whole basis points; the target from
/// `until`
///           on, and at once where it is not below the initial LTV
/// @source   euler-vault-kit, shared/types/LTVConfig.sol getLTV
struct ltv_ramp {
  basis_points initial{};
  basis_points target{};
  timestamp until{};   ///< when the target is reached
  seconds duration{};  ///< of the whole ramp

  /// @errors not_finite, bad_configuration (an LTV outside [0 %, 100 %], a negative duration)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(initial.count) || !is_finite(target.count)) return errc::not_finite;
    const bool in_range = initial.count >= 0.0 && initial.count <= 1e4 && target.count >= 0.0 && target.count <= 1e4;
    return in_range && duration.count() >= 0 ? errc::ok : errc::bad_configuration;
  }

  /// @brief The liquidation LTV at a moment; before the ramp began, the initial one.
  /// @pre `validate` says ok
  [[nodiscard]] constexpr basis_points at(timestamp t) const noexcept {
    if (t >= until || !(target.count < initial.count) || duration.count() <= 0) return target;
    const auto whole = static_cast<double>(duration.count());
    // In doubles: a difference of moments centuries apart must not overflow. Exact for any that a clock shows.
    const double remaining = static_cast<double>(unix_seconds(until)) - static_cast<double>(unix_seconds(t));
    if (!(remaining < whole)) return initial;
    const double above = (initial.count - target.count) * remaining / whole;
    return {target.count + static_cast<double>(static_cast<std::int64_t>(above))};
  }
};

}  // namespace trimtab::health
