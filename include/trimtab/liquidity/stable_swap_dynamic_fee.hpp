// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/stable_swap.hpp>

namespace trimtab::liquidity {

/// @brief Two coins of a stable-swap pool whose fee rises off the peg (Curve NG, `offpeg_fee_multiplier`).
///
/// Formula   y = (1 − f(t))·paid(t)/rate_out,  t = rate_in·x
///           f = m·fee/((m − 1)·r + 1),  r = 4ab/(a + b)²,  a and b the averages of the balances before and after
/// The fee lies between `fee`, at equal balances, and m·fee. It is not concave: a trade towards the peg pays less fee
/// the larger it is, so more may pay more per unit. Hence:
/// - `amount_at` and `best_value` are of the best of 128 sizes, nine decades of them, made exact between its
/// neighbours:
///   a better one that is narrower than a third of itself may be missed
/// - `amount_in` is searched between what the two extreme fees would need
/// - far out the fee rises faster than the proceeds and more buys less: `capacity` is where that begins, and what goes
///   in beyond counts for nothing
/// - `segments` are those of the pool at its highest fee, below the curve by up to (m − 1)·fee of the output whatever
///   their number
/// @source Curve CurveStableSwapNG.vy, _dynamic_fee and __exchange; derived here
class stable_swap_dynamic_fee {
public:
  static constexpr bool always_concave = false;

  constexpr stable_swap_dynamic_fee() = default;

  /// @brief Coin `in` for coin `out`; the pool's fee is the one at the peg.
  /// @param multiplier  m, the contract's over 10¹⁰; at 1 or less the fee is constant
  /// @errors those of `stable_swap::of`; bad_configuration: a multiplier below 0 or NaN, a highest fee of all or more
  [[nodiscard]] static result<stable_swap_dynamic_fee> of(const stable_pool& pool, std::size_t in, std::size_t out,
                                                          double multiplier) noexcept {
    const result<stable_curve> curve = pool.between(in, out);
    if (!curve) return curve.error();
    const double m = larger(1.0, multiplier);
    if (!(multiplier >= 0.0) || !(m * pool.fee.fraction() < 1.0)) return errc::bad_configuration;
    stable_swap_dynamic_fee venue;
    venue.curve_ = *curve;
    venue.rate_in_ = pool.rates[in], venue.rate_out_ = pool.rates[out];
    venue.fee_ = pool.fee.fraction(), venue.multiplier_ = m;
    venue.gas_units_ = pool.gas_units;
    venue.find_capacity();
    return venue;
  }
  /// @errors negative_amount: made by no pool
  [[nodiscard]] errc validate() const noexcept {
    return curve_.positive() && multiplier_ >= 1.0 && capacity_ > 0.0 ? errc::ok : errc::negative_amount;
  }
  /// The part of the output that x pays as fee.
  [[nodiscard]] double fee(double x) const noexcept {
    const double t = rate_in_ * x, gap = skew(t);
    return multiplier_ * fee_ / ((multiplier_ - 1.0) * (1.0 - gap * gap) + 1.0);
  }

  [[nodiscard]] double amount_out(double x) const noexcept { return open_out(smaller(capacity_, x)); }
  [[nodiscard]] double amount_in(double y) const noexcept {
    if (!(y > 0.0)) return y;
    const double most = amount_out(capacity_);
    if (y >= most)
      return blend<double>(y > most * (1.0 + 0x1p-49), infinity, capacity_);  // it is flat there, and rounds
    const double low = curve_.needed(y * rate_out_ / (1.0 - fee_)) / rate_in_ * (1.0 - 1e-14);
    const double high = curve_.needed(y * rate_out_ / (1.0 - multiplier_ * fee_)) / rate_in_ * (1.0 + 1e-14);
    const auto found =
        find_root([&](double x) { return open_out(x) - y; }, smaller(low, capacity_), smaller(high, capacity_));
    return found ? found->at : std::numeric_limits<double>::quiet_NaN();
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    return {capacity_ < x ? 0.0 : open_price(x)};
  }
  /// The amount that is best at this price, 0 where none is worth it.
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    if (at.value != at.value) return 0.0;
    if (!(at.value > 0.0)) return capacity_;
    const auto gain = [&](double x) { return open_out(x) - at.value * x; };
    const double step = std::exp(std::log(1e9) / 127.0);
    double best = 0.0, most = 0.0, x = capacity_ * 1e-9;
    for (int i = 0; i < 128; ++i, x *= step) {
      const double size = smaller(x, capacity_), here = gain(size);
      if (here > most) best = size, most = here;
    }
    const double low = best > 0.0 ? best / step : 0.0,
                 high = smaller(capacity_, best > 0.0 ? best * step : capacity_ * 1e-9);
    const auto rest = [&](double size) { return open_price(size) - at.value; };
    if (!(rest(low) > 0.0)) return best;  // no better one between the neighbours, or none at all
    if (!(rest(high) < 0.0)) return gain(high) > most ? high : best;
    const auto found = find_root(rest, low, high);
    return found && gain(found->at) >= most ? found->at : best;
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    const double x = amount_at(at), price = larger(0.0, at.value);
    const double gained = (open_price(0.0) - price) * x, out = amount_out(x);
    return x > 0.0 ? larger(0.0, gained < out ? gained - loss(x) : out - price * x) : 0.0;
  }
  /// @brief marginal_price(0)·x − y: below 0 where the fee falls by more than the price does.
  ///
  /// Formula   (1 − f₀)·loss before fees + (f − f₀)·paid, the difference of the fees from that of their r
  [[nodiscard]] double loss(double x) const noexcept {
    const double in = smaller(capacity_, x), t = rate_in_ * in, out = curve_.paid(t);
    const double a = curve_.balance_in(), b = curve_.balance_out(), gap = skew(t), first = skew(0.0), m = multiplier_;
    const double apart = (t * b + a * out) / ((a + b) * (a + b + 0.5 * (t - out)));  // gap − first
    const double at_first = (m - 1.0) * (1.0 - first * first) + 1.0, at_gap = (m - 1.0) * (1.0 - gap * gap) + 1.0;
    const double rise = m * fee_ * (m - 1.0) * apart * (gap + first) / (at_first * at_gap);
    return ((1.0 - fee(0.0)) * curve_.loss(t) + rise * out) / rate_out_ + open_price(0.0) * (x - in);
  }
  [[nodiscard]] double capacity() const noexcept { return capacity_; }
  [[nodiscard]] double gas(double x) const noexcept { return x > 0.0 ? gas_units_ : 0.0; }
  [[nodiscard]] stable_swap_dynamic_fee after(double x) const noexcept {
    stable_swap_dynamic_fee left = *this;
    if (!(x > 0.0)) return left;
    const stable_curve::state s = curve_.after(rate_in_ * smaller(capacity_, x));
    left.curve_ = stable_curve(s.in, s.out, s.pull);
    left.find_capacity();
    return left;
  }
  [[nodiscard]] std::size_t segment_count() const noexcept { return fitted_pieces; }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    const std::size_t fitted = dearest().segments(out);
    double room = capacity_;
    for (std::size_t i = 0; i < fitted; ++i) {
      if (!(out[i].capacity < room)) {
        out[i].capacity = room;
        return i + 1;
      }
      room -= out[i].capacity;
    }
    return fitted;
  }
  [[nodiscard]] double segment_error(std::size_t pieces) const noexcept {
    return dearest().segment_error(pieces) + (multiplier_ - 1.0) * fee_ * curve_.paid(rate_in_ * capacity_) / rate_out_;
  }

private:
  /// (a − b)/(a + b), from the averages.
  [[nodiscard]] double skew(double t) const noexcept {
    const double a = curve_.balance_in(), b = curve_.balance_out(), out = curve_.paid(t);
    return (a - b + 0.5 * (t + out)) / (a + b + 0.5 * (t - out));
  }
  [[nodiscard]] double open_out(double x) const noexcept {
    return (1.0 - fee(x)) * curve_.paid(rate_in_ * x) / rate_out_;
  }
  /// Formula   (1 − f)·price − f'·paid,  f' = 2·f·(m − 1)·gap·gap'/((m − 1)·(1 − gap²) + 1)
  [[nodiscard]] double open_price(double x) const noexcept {
    const double t = rate_in_ * x, out = curve_.paid(t), price = curve_.price(t), gap = skew(t), f = fee(x);
    const double a = curve_.balance_in() + 0.5 * t, b = curve_.balance_out() - 0.5 * out;
    const double moves = (b + a * price) / ((a + b) * (a + b));
    const double rise = 2.0 * f * (multiplier_ - 1.0) * gap * moves / ((multiplier_ - 1.0) * (1.0 - gap * gap) + 1.0);
    return rate_in_ * ((1.0 - f) * price - rise * out) / rate_out_;
  }
  /// Doubles the amount until more buys less.
  void find_capacity() noexcept {
    double low = 0.0, high = 1e-3 * curve_.balance_in() / rate_in_;
    for (int i = 0; i < 400 && open_price(high) > 0.0; ++i) low = high, high *= 1.5;
    const auto turn = find_root([&](double x) { return open_price(x); }, low, high);
    capacity_ = turn ? turn->low : high;
  }
  /// The same coins at the highest fee.
  [[nodiscard]] stable_swap dearest() const noexcept {
    return stable_swap(curve_, rate_in_, (1.0 - multiplier_ * fee_) / rate_out_, gas_units_);
  }

  stable_curve curve_{};
  double rate_in_ = 1.0, rate_out_ = 1.0;
  double fee_ = 0.0, multiplier_ = 0.0, capacity_ = 0.0;
  double gas_units_ = 0.0;
};

}  // namespace trimtab::liquidity
