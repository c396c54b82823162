// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx_difference.hpp>
#include <trimtab/instrument/concept.hpp>

#include <utility>

namespace trimtab::instrument {

enum class option_kind : std::uint8_t { call, put };

/// What a European option is worth and how it moves; units as in `option`.
struct option_greeks {
  double value = 0.0;      ///< quote per unit
  double delta = 0.0;      ///< ∂V/∂S, units of the underlying
  double gamma = 0.0;      ///< ∂²V/∂S², units per quote
  double vega = 0.0;       ///< ∂V/∂σ, quote per 1.00 of volatility (divide by 100 for a point)
  double theta = 0.0;      ///< −∂V/∂T, quote per year that passes (divide by 365 for a day)
  double log_value = 0.0;  ///< ln V, also where V is too small for a double
};

/// @brief A European option on one underlying: Black–Scholes–Merton, and Black-76 on a forward with carry == rate.
///
/// Formula   V = ±(S·e^(−qT)·Φ(±d₁) − K·e^(−rT)·Φ(±d₂))    d₁,₂ = (ln(S/K) + (r − q)T)/s ± s/2    s = σ√T
/// The option out of the money is computed, without a difference of probabilities, and the one in the money from it by
/// put–call parity. With x = |ln(S/K) + (r − q)T|, u = (x/s − s/2)/√2, h = s/√2 and D the fall of erfcx:
///           V_otm = ½·min(S·e^(−qT), K·e^(−rT))·e^(−u²)·D(u, h)
/// The factor before D is the same for both kinds, and vega and gamma are multiples of it.
/// Limits    s = 0: discounted intrinsic value; at its kink the derivatives are those to the right, vega that of a
/// first
///           touch of volatility, and theta at expiry −∞ where there is volatility
/// @source   Black 1976, Merton 1973; D: Jäckel 2015, "Let's be rational"; theta from the Black–Scholes equation
struct option {
  static constexpr std::size_t capacity = 1;

  option_kind kind = option_kind::call;
  double strike = 1.0;      ///< K, quote per unit of the underlying
  double volatility = 0.0;  ///< σ, per √year (0.8 is 80 %)
  double rate = 0.0;        ///< r, of the quote currency, continuous, per year
  double carry = 0.0;       ///< q, what holding the underlying yields, continuous, per year
  double expiry = 0.0;      ///< T, years

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }

  /// @errors not_finite; non_positive_price (strike); bad_configuration (volatility below 0, neither call nor put);
  /// expired (expiry below 0);
  ///         outside_validity (a discount factor over the time left, or the volatility of it, is no double)
  [[nodiscard]] errc validate() const noexcept {
    for (const double term : {strike, volatility, rate, carry, expiry})
      if (!is_finite(term)) return errc::not_finite;
    if (!(strike > 0.0)) return errc::non_positive_price;
    if (volatility < 0.0 || kind > option_kind::put) return errc::bad_configuration;
    if (expiry < 0.0) return errc::expired;
    const double spread = (std::fabs(rate) + std::fabs(carry)) * expiry;
    return spread < 600.0 && volatility * std::sqrt(expiry) < 1e8 ? errc::ok : errc::outside_validity;
  }

  /// Worth of one option, quote. Computed in double whatever S. @pre validate() == errc::ok, u[0] > 0
  template <std::floating_point S>
  [[nodiscard]] S value(std::span<const S> u) const noexcept {
    const state now(*this, static_cast<double>(u[0]));
    return static_cast<S>(now.value());
  }
  template <std::floating_point S>
  [[nodiscard]] jet<S, capacity> at(std::span<const S> u) const noexcept {
    const state now(*this, static_cast<double>(u[0]));
    return {.value = static_cast<S>(now.value()),
            .gradient = {static_cast<S>(now.delta())},
            .hessian = {static_cast<S>(now.gamma())},
            .size = 1};
  }
  /// Everything at once at the price `spot` of the underlying. @pre as for value
  [[nodiscard]] option_greeks greeks(double spot) const noexcept {
    const state now(*this, spot);
    option_greeks out;
    out.value = now.value();
    out.delta = now.delta();
    out.gamma = now.gamma();
    out.vega = now.vega();
    out.theta = rate * out.value + (carry - rate) * (spot * out.delta) - now.decay(volatility);
    out.log_value = now.log_value();
    return out;
  }
  /// The largest |∂³V/∂S³|·u³ of the box, found in closed form: S²·|speed| ∝ φ(d₁)·|d₁ + s| has its extremes at the
  /// ends of the box and where (d₁ + s)(d₁ + 2s) = 1. +∞ where the box holds the kink of s = 0, or a price that is not
  /// positive.
  [[nodiscard]] double cubic_bound(std::span<const double> u, const price_box& box) const noexcept {
    const double low = box.low[0], high = box.high[0];
    if (!(low > 0.0 && low <= high && high < infinity)) return infinity;
    const double s = volatility * std::sqrt(expiry), drift = (rate - carry) * expiry;
    const double x_low = std::log(low / strike) + drift, x_high = std::log(high / strike) + drift;
    if (s == 0.0) return x_low <= 0.0 && 0.0 <= x_high ? infinity : 0.0;
    const double d_low = x_low / s + 0.5 * s, d_high = x_high / s + 0.5 * s, yield = std::exp(-carry * expiry);
    double worst = 0.0;
    const auto look = [&](double d, double price) {
      const double relative = u[0] / price, bell = std::exp(-0.5 * d * d) / root_two_pi;
      const double here = bell == 0.0 ? 0.0 : yield * u[0] * relative * relative * (bell * std::fabs(d + s) / s / s);
      worst = here == here ? larger<double>(here, worst) : infinity;
    };
    look(d_low, low);
    look(d_high, high);
    for (const double sign : {-1.0, 1.0}) {
      const double d = 0.5 * (sign * std::sqrt(s * s + 4.0) - 3.0 * s);
      if (d_low < d && d < d_high) look(d, std::exp(s * (d - 0.5 * s) - drift) * strike);
    }
    return worst * (1.0 + 1e-10);  // the formula rounds
  }

private:
  static constexpr double root_two_pi = 2.50662827463100050242;

  /// What every figure is made of, at one spot.
  struct state {
    double s, root_of_time, spot, yield;
    double smaller;       ///< of the discounted forward and the discounted strike
    double u = infinity;  ///< see above
    double bell = 0.0;    ///< e^(−u²)
    erfcx_step kernel{};  ///< from u to u + h; unused where `wide`
    double tail = 0.0;    ///< |delta| of the option out of the money
    double cheap = 0.0;   ///< its value
    double parity = 0.0;  ///< what the option is worth more than that
    bool above;           ///< the forward is above the strike
    bool kink;            ///< s = 0 and the forward is the strike
    bool call, in_the_money;
    bool wide = false;  ///< so much volatility that e^(u²) is better left inside erfc

    state(const option& o, double at) noexcept
        : s(0.0), root_of_time(std::sqrt(o.expiry)), spot(at), yield(std::exp(-o.carry * o.expiry)) {
      s = o.volatility * root_of_time;
      const double forward = spot * yield, discounted = o.strike * std::exp(-o.rate * o.expiry);
      const double x = std::log(spot / o.strike) + (o.rate - o.carry) * o.expiry;
      call = o.kind == option_kind::call;
      kink = x == 0.0 && s == 0.0;
      above = x > 0.0 || kink;  // at the kink: to its right
      in_the_money = above == call;
      smaller = above ? discounted : forward;
      if (in_the_money) parity = larger<double>(0.0, call ? forward - discounted : discounted - forward);
      if (s == 0.0) {
        if (x != x) cheap = tail = x;  // terms that are no numbers are worth none
        return;
      }
      constexpr double one_over_root_two = 0.70710678118654752440;
      const double h = s * one_over_root_two;
      u = (std::fabs(x) / s - 0.5 * s) * one_over_root_two;
      bell = std::exp(-u * u);
      // Its delta is Φ(−|d₁|)·e^(−qT) from the same bell: d₁/√2 of a call out of the money is −u, of a put u + h.
      wide = u < -1.0;
      if (!wide) {
        kernel = erfcx_over_step(u, h);
        cheap = 0.5 * smaller * bell * kernel.fall;
        tail = 0.5 * smaller * bell * (above ? kernel.there : kernel.here) / spot;
      } else {
        const double far = bell * erfcx(u + h), near = std::erfc(u);
        cheap = 0.5 * smaller * (near - far);
        tail = 0.5 * smaller * (above ? far : near) / spot;
      }
    }
    [[nodiscard]] double value() const noexcept { return cheap + parity; }
    [[nodiscard]] double delta() const noexcept {
      const double out_of_the_money = above ? -tail : tail;
      return !in_the_money ? out_of_the_money : call ? out_of_the_money + yield : out_of_the_money - yield;
    }
    [[nodiscard]] double gamma() const noexcept {
      return bell == 0.0 ? 0.0 : smaller * bell / (root_two_pi * s) / spot / spot;
    }
    [[nodiscard]] double vega() const noexcept {
      return smaller * (kink ? 1.0 : bell) * root_of_time * (1.0 / root_two_pi);
    }
    /// The part of theta that is volatility spent: ½σ²S²Γ.
    [[nodiscard]] double decay(double sigma) const noexcept {
      if (kink && root_of_time == 0.0) return sigma > 0.0 ? infinity : 0.0;
      return bell == 0.0 ? 0.0 : 0.5 / root_two_pi * smaller * bell * sigma / root_of_time;
    }
    [[nodiscard]] double log_value() const noexcept {
      if (in_the_money || wide || s == 0.0) return std::log(value());
      return std::log(0.5 * smaller * kernel.fall) - u * u;  // the exponent stays one: no underflow
    }
  };
};
static_assert(Instrument<option>);

}  // namespace trimtab::instrument
