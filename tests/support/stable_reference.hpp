// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/stable_swap.hpp>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_dec_float.hpp>
#endif

#include <cmath>
#include <type_traits>

namespace trimtab::test {

/// What a stable-swap reference is computed in: 100 digits, or what the compiler has beyond 80 bits.
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using wide = boost::multiprecision::cpp_dec_float_100;
#else
using wide = long double;
#endif

/// D by the definition: bisection on Ann·S + D − Ann·D − D·Π D/(n·xᵢ), which changes sign once in (0, S].
template <class W>
W stable_invariant(const liquidity::stable_pool& pool) {
  const int n = static_cast<int>(pool.coins);
  const W ann = W(pool.amplification) * n;
  W sum = 0;
  for (int i = 0; i < n; ++i) sum += W(pool.balances[static_cast<std::size_t>(i)]);
  const auto excess = [&](const W& d) {
    W p = d;
    for (int i = 0; i < n; ++i) p *= d / (n * W(pool.balances[static_cast<std::size_t>(i)]));
    return W(ann * (sum - d) + d - p);
  };
  W low = 0, high = sum;
  if (excess(high) >= 0) return high;
  for (int i = 0; i < (std::is_same_v<W, long double> ? 200 : 420); ++i) {
    const W middle = (low + high) / 2;
    (excess(middle) > 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// @brief A stable-swap pair from its definition, with nothing done about cancellation but digits to spare.
template <class W>
class stable_reference {
public:
  struct point {
    W out, price, loss;
  };

  stable_reference(const liquidity::stable_pool& pool, std::size_t in, std::size_t out) {
    const int n = static_cast<int>(pool.coins);
    ann_ = W(pool.amplification) * n;
    d_ = stable_invariant<W>(pool);
    others_ = 0, product_ = d_;
    for (std::size_t i = 0; i < pool.coins; ++i) {
      product_ *= d_ / n;
      if (i == in || i == out) continue;
      others_ += W(pool.balances[i]), product_ /= W(pool.balances[i]);
    }
    x_ = W(pool.balances[in]), y_ = W(pool.balances[out]);
    rate_in_ = W(pool.rates[in]);
    share_ = (1 - W(pool.fee.count) / 10000) / W(pool.rates[out]);
  }
  [[nodiscard]] point at(const W& tokens) const {
    using std::sqrt;
    const W x = x_ + tokens * rate_in_, b = x + others_ + d_ / ann_ - d_, c = product_ / (x * ann_);
    const W root = sqrt(W(b * b + 4 * c)), y = b > 0 ? W(2 * c / (b + root)) : W((root - b) / 2);
    const W first = price(x_, y_), out = y_ - y;
    return {share_ * out, share_ * rate_in_ * price(x, y), share_ * (first * (x - x_) - out)};
  }
  [[nodiscard]] W scale() const { return share_ * rate_in_; }

private:
  /// (Ann + P/x)/(Ann + P/y), P = Dⁿ⁺¹/(nⁿ·Πx)
  [[nodiscard]] W price(const W& x, const W& y) const {
    const W p = product_ / (x * y);
    return (ann_ + p / x) / (ann_ + p / y);
  }
  W ann_, d_, others_, product_, x_, y_, rate_in_, share_;
};

}  // namespace trimtab::test
