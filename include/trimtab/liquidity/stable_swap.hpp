// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/fit_segments.hpp>
#include <trimtab/liquidity/stable_curve.hpp>

#include <array>

namespace trimtab::liquidity {

/// @brief A stable-swap pool (Curve) as it lies: up to eight coins in pool units, that is each whole token times its
/// rate.
///
/// Invariant Ann·Σx + D = Ann·D + Dⁿ⁺¹/(nⁿ·Πx), Ann = n·amplification: `amplification` is what the contract's `A()`
/// says, so that near the peg the pool is that many times as deep as a constant product.
/// @source Curve StableSwap3Pool.vy and SwapTemplateBase.vy, get_D and get_y; Egorov 2019, "StableSwap"
struct stable_pool {
  static constexpr std::size_t capacity = 8;

  std::size_t coins = 2;
  std::array<double, capacity> balances{};                                     ///< pool units
  std::array<double, capacity> rates{1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};  ///< pool units per whole token
  double amplification = 100.0;
  basis_points fee{4.0};  ///< of the output
  double gas_units = 0.0;

  /// @errors capacity, bad_configuration (fewer than two coins, an amplification that is not positive, a fee outside
  /// [0, 100 %)), not_finite, negative_amount (an empty balance too), non_positive_price (a rate)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (coins > capacity) return errc::capacity;
    if (coins < 2) return errc::bad_configuration;
    for (std::size_t i = 0; i < coins; ++i) {
      if (!is_finite(balances[i]) || !is_finite(rates[i])) return errc::not_finite;
      if (!(balances[i] > 0.0)) return errc::negative_amount;
      if (!(rates[i] > 0.0)) return errc::non_positive_price;
    }
    if (!is_finite(amplification)) return errc::not_finite;
    if (!(gas_units >= 0.0)) return errc::negative_amount;
    return amplification > 0.0 && fee.count >= 0.0 && fee.count < 1e4 ? errc::ok : errc::bad_configuration;
  }
  /// @brief D in pool units, to twice the digits.
  ///
  /// Newton from D = Σx, from where it only falls, in parts of Σx so that no power overflows; then twice more with all
  /// digits, which must agree.
  /// @errors those of validate; outside_validity: balances so unlike (by 10⁶⁰ or so) that their product is no number;
  /// no_convergence
  /// @cost   4 to 10 rounds of n divisions near the peg, up to some hundreds where a coin is all but gone
  [[nodiscard]] constexpr result<doubled<double>> invariant() const noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    const doubled<double> total = sum();
    double rough = 1.0;
    for (int rounds = 0;; ++rounds) {
      if (rounds == 4000) return errc::no_convergence;
      const double next = better(rough, total.high);
      if (!is_finite(next) || !(next > 0.0)) return errc::outside_validity;
      if (!(next < rough)) break;
      rough = next;
    }
    const doubled<double> once = better<doubled<double>>(rough, total), fine = better(once, total);
    if (!(magnitude(((fine - once) / fine).high) < 1e-24)) return errc::no_convergence;
    return fine * total;
  }
  /// @brief The curve of coin `in` against coin `out`, in pool units and before the fee.
  /// @errors those of invariant; asset_mismatch: no two different coins of the pool
  [[nodiscard]] constexpr result<stable_curve> between(std::size_t in, std::size_t out) const noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    if (in >= coins || out >= coins || in == out) return errc::asset_mismatch;
    const result<doubled<double>> d = invariant();
    if (!d) return d.error();
    const doubled<double> total = sum(), ann = amplification * static_cast<double>(coins);
    const stable_curve curve(balances[in], balances[out], product(*d / total, total) / ann * total);
    if (!curve.positive()) return errc::outside_validity;
    return curve;
  }

private:
  [[nodiscard]] constexpr doubled<double> sum() const noexcept {
    doubled<double> total = 0.0;
    for (std::size_t i = 0; i < coins; ++i) total = total + doubled<double>(balances[i]);
    return total;
  }
  /// d·Π d/(n·xᵢ), with all in parts of the total.
  template <class T>
  [[nodiscard]] constexpr T product(const T& d, const T& total) const noexcept {
    T p = d;
    for (std::size_t i = 0; i < coins; ++i) p = p * (d * (total / T(balances[i])) / T(static_cast<double>(coins)));
    return p;
  }
  template <class T>
  [[nodiscard]] constexpr T better(const T& d, const T& total) const noexcept {
    const T p = product(d, total), n = static_cast<double>(coins), ann = T(amplification) * n, one = 1.0;
    return (ann + n * p) * d / ((ann - one) * d + (n + one) * p);
  }
};

/// @brief Two coins of a stable-swap pool as a venue, in whole tokens, fee on the output (Curve).
///
/// Formula   y = (1 − fee)·paid(rate_in·x)/rate_out, with `paid` of the stable curve: one square root, no iteration
/// The contract pays up to two of the coin's smallest units less (it takes one off and rounds). What is left after a
/// trade is taken without the part of the fee that stays in the pool; it pays no less than that.
/// @source Curve SwapTemplateBase.vy, get_dy and exchange; derived here
class stable_swap {
public:
  constexpr stable_swap() = default;

  /// @brief Coin `in` for coin `out`. Solves for the invariant: once for a pool, not for each trade.
  /// @errors those of `stable_pool::between`
  [[nodiscard]] static constexpr result<stable_swap> of(const stable_pool& pool, std::size_t in,
                                                        std::size_t out) noexcept {
    const result<stable_curve> curve = pool.between(in, out);
    if (!curve) return curve.error();
    stable_swap venue;
    venue.curve_ = *curve;
    venue.rate_in_ = pool.rates[in];
    venue.share_ = pool.fee.complement() / pool.rates[out];
    venue.gas_units_ = pool.gas_units;
    return venue;
  }
  /// @errors negative_amount: made by no pool
  [[nodiscard]] constexpr errc validate() const noexcept {
    return curve_.positive() && rate_in_ > 0.0 && share_ > 0.0 && gas_units_ >= 0.0 ? errc::ok : errc::negative_amount;
  }
  [[nodiscard]] constexpr const stable_curve& curve() const noexcept { return curve_; }
  /// All it can ever pay, asset out.
  [[nodiscard]] constexpr double most_out() const noexcept { return share_ * curve_.balance_out(); }

  [[nodiscard]] constexpr double amount_out(double x) const noexcept { return share_ * curve_.paid(rate_in_ * x); }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept { return curve_.needed(y / share_) / rate_in_; }
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    return {share_ * rate_in_ * curve_.price(rate_in_ * x)};
  }
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept {
    return share_ * rate_in_ * rate_in_ * curve_.slope(rate_in_ * x);
  }
  [[nodiscard]] constexpr double amount_at(executable_price<double> at) const noexcept {
    return curve_.amount_at(at.value / (share_ * rate_in_)) / rate_in_;
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> at) const noexcept {
    return share_ * curve_.worth(at.value / (share_ * rate_in_));
  }
  [[nodiscard]] constexpr double loss(double x) const noexcept { return share_ * curve_.loss(rate_in_ * x); }
  [[nodiscard]] constexpr double capacity() const noexcept { return infinity; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units_ : 0.0; }
  [[nodiscard]] constexpr stable_swap after(double x) const noexcept {
    stable_swap left = *this;
    const stable_curve::state s = curve_.after(rate_in_ * x);
    if (x > 0.0) left.curve_ = stable_curve(s.in, s.out, s.pull);
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return fitted_pieces; }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    const double turn = balanced();
    return fit_segments(*this, outline(turn), out);
  }
  [[nodiscard]] double segment_error(std::size_t pieces) const noexcept {
    const double turn = balanced();
    return fit_error(*this, outline(turn), pieces);
  }

private:
  /// Where both balances are equal, at price 1, 1/√price turns from concave to convex: the curve is its own mirror
  /// image.
  [[nodiscard]] constexpr double balanced() const noexcept { return curve_.amount_at(1.0) / rate_in_; }
  [[nodiscard]] constexpr curve_outline outline(const double& turn) const noexcept {
    return {.most_out = most_out(), .turns = std::span<const double>(&turn, turn > 0.0 ? 1 : 0)};
  }

  stable_curve curve_{};
  double rate_in_ = 1.0;
  double share_ = 1.0;  ///< asset out per pool unit, fee taken off
  double gas_units_ = 0.0;
};

}  // namespace trimtab::liquidity
