// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/stable_swap.hpp>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_dec_float.hpp>
#endif

#include <cmath>

namespace trimtab::test {

/// What a stable-swap reference is computed in: 50 digits, or twice those of 80 bits.
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using wide = boost::multiprecision::cpp_dec_float_50;
constexpr bool plenty = true;
inline wide root_of(const wide& x) {
  return sqrt(x);
}
#else
using wide = doubled<long double>;
constexpr bool plenty = false;
inline wide root_of(const wide& x) {
  return square_root<wide>(x);
}
#endif
inline wide widened(double x) {
  return wide(static_cast<long double>(x));
}

/// D by the definition: bisection on Ann·S + D − Ann·D − D·Π D/(n·xᵢ), which changes sign once in (0, S].
template <class W>
W stable_invariant(const liquidity::stable_pool& pool) {
  const W coins = W(static_cast<long double>(pool.coins)),
          ann = W(static_cast<long double>(pool.amplification)) * coins;
  W sum = W(0.0L);
  for (std::size_t i = 0; i < pool.coins; ++i) sum = sum + W(static_cast<long double>(pool.balances[i]));
  const auto excess = [&](const W& d) {
    W p = d;
    for (std::size_t i = 0; i < pool.coins; ++i) p = p * (d / (coins * W(static_cast<long double>(pool.balances[i]))));
    return W(ann * (sum - d) + d - p);
  };
  const W nothing = W(0.0L), half = W(0.5L);
  W low = nothing, high = sum;
  if (!(excess(high) < nothing)) return high;
  for (int i = 0; i < 260; ++i) {
    const W middle = (low + high) * half;
    (nothing < excess(middle) ? low : high) = middle;
  }
  return (low + high) * half;
}

/// @brief A stable-swap pair from its definition, with nothing done about cancellation but digits to spare.
class stable_reference {
public:
  struct point {
    wide out, price, loss;
  };

  stable_reference(const liquidity::stable_pool& pool, std::size_t in, std::size_t out) {
    const wide n = widened(static_cast<double>(pool.coins)), one = widened(1.0);
    ann_ = widened(pool.amplification) * n;
    d_ = stable_invariant<wide>(pool);
    others_ = widened(0.0), product_ = d_;
    for (std::size_t i = 0; i < pool.coins; ++i) {
      product_ = product_ * (d_ / n);
      if (i == in || i == out) continue;
      others_ = others_ + widened(pool.balances[i]), product_ = product_ / widened(pool.balances[i]);
    }
    x_ = widened(pool.balances[in]), y_ = widened(pool.balances[out]);
    rate_in_ = widened(pool.rates[in]);
    share_ = (one - widened(pool.fee.count) / widened(1e4)) / widened(pool.rates[out]);
  }
  [[nodiscard]] point at(const wide& tokens) const {
    const wide two = widened(2.0), nothing = widened(0.0);
    const wide dx = tokens * rate_in_, x = x_ + dx, b = x + others_ + d_ / ann_ - d_, c = product_ / (x * ann_);
    const wide root = root_of(wide(b * b + two * two * c));
    const wide y = nothing < b ? wide(two * c / (b + root)) : wide((root - b) / two);
    const wide first = price(x_, y_);
    // Where digits are fewer, the difference is had from the quadratic instead.
    const wide out = plenty ? wide(y_ - y) : wide(two * dx * (y_ + product_ / (x_ * x * ann_)) / (two * y_ + b + root));
    return {share_ * out, share_ * rate_in_ * price(x, y), share_ * (first * dx - out)};
  }

private:
  /// (Ann + P/x)/(Ann + P/y), P = Dⁿ⁺¹/(nⁿ·Πx)
  [[nodiscard]] wide price(const wide& x, const wide& y) const {
    const wide p = product_ / (x * y);
    return (ann_ + p / x) / (ann_ + p / y);
  }
  wide ann_, d_, others_, product_, x_, y_, rate_in_, share_;
};

}  // namespace trimtab::test
