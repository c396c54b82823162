// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/third_source.hpp>

#include <limits>

namespace trimtab::oracle {

/// @brief A liquid staking token against what its issuer's contract redeems at, rate × price of the underlying.
///
/// The promise is no market: it cannot say that a market is wrong. So
///
/// | our market price | protocol | verdict |
/// |---|---|---|
/// | within the corridor around the promise | within | ok |
/// | within | outside | protocol_bad: a rate without its underlying, or a cap that binds although the market pays |
/// | outside | either | unknown: the market does not believe the promise, or our market was pushed; no new risk |
///
/// Formula   promise·(1 − discount) ≤ price ≤ promise·(1 + premium). Redeeming takes time, so a discount is honest up
/// to what waiting costs; minting does not, so a premium is small.
struct contractual_rate {
  basis_points discount{200.0};
  basis_points premium{100.0};
  third_source promise{.max_age = seconds{3600}};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(discount.count >= 0.0 && discount.count < 1e4)) return errc::bad_configuration;
    if (!(premium.count >= 0.0) || !is_finite(premium.count)) return errc::bad_configuration;
    return promise.validate();
  }
  /// Whether a price lies in the corridor.
  template <Scalar S>
  [[nodiscard]] constexpr mask_t<S> holds(const S& price, const S& promised) const noexcept(std::floating_point<S>) {
    return promised * literal<S>(discount.complement()) <= price &&
           price <= promised * literal<S>(1.0 + premium.fraction());
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    const observation& third = q.contractual;
    if (promise.passes_over(third.price, third.at)) return {};
    if (const doubt d = promise.fault(third.price, third.at, now); d != doubt::none) return {trust::unknown, {}, d};
    if (!holds(q.reference.price, third.price)) return {trust::unknown, {}, doubt::contractual};
    return said<state_type>(accuse(false, !holds(q.protocol.price, third.price)), doubt::contractual);
  }
};

/// @brief The ceiling that a protocol may put on a redemption rate: a rate once seen, grown since at a stated pace.
///
/// It binds wrongly when the rate it starts from is old and the moment it grows from is not: the protocol then values
/// less than the contract redeems. `contractual_rate` says `protocol_bad` where the shortfall passes its discount.
/// Formula   min(rate, snapshot·(1 + growth·(now − since)/year))
/// @source   bgd-labs/aave-capo, PriceCapAdapterBase.sol, in real numbers
struct rate_cap {
  double snapshot = 1.0;  ///< rate at `since`, of underlying per token
  timestamp since{};
  double growth = 0.1;  ///< a year, simple

  /// @return NaN before `since`
  [[nodiscard]] constexpr double ceiling(timestamp now) const noexcept {
    if (now < since) return std::numeric_limits<double>::quiet_NaN();
    const double years = static_cast<double>((now - since).count()) / static_cast<double>(year.count());
    return snapshot * (1.0 + growth * years);
  }
  [[nodiscard]] constexpr double capped(double rate, timestamp now) const noexcept {
    const double top = ceiling(now);
    return rate <= top ? rate : top < rate ? top : rate + top;  // a NaN stays one
  }
};

}  // namespace trimtab::oracle
