// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/uint256.hpp>
#include <trimtab/core/units.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace trimtab {

namespace detail {

/// a / b without the part after the point, and whether that was nothing.
template <std::size_t N>
struct whole_quotient {
  words<N> value{};
  bool exact = true;
};

template <std::size_t N>
constexpr std::size_t used_words(const words<N>& a) noexcept {
  std::size_t n = N;
  while (n > 0 && a[n - 1] == 0) --n;
  return n;
}

template <std::size_t N>
constexpr whole_quotient<N> divide_by_word(const words<N>& n, std::size_t used, std::uint64_t d) noexcept {
  whole_quotient<N> q;
  std::uint64_t rest = 0;
  for (std::size_t i = used; i-- > 0;) {
    const double_word part = (static_cast<double_word>(rest) << 64) | n[i];
    if (rest == 0) {  // most words of most quotients: one machine division
      q.value[i] = n[i] / d, rest = n[i] % d;
    } else {
      q.value[i] = static_cast<std::uint64_t>(part / d), rest = static_cast<std::uint64_t>(part % d);
    }
  }
  q.exact = rest == 0;
  return q;
}

/// Schoolbook division, a 64-bit word at a time. @pre d is not 0
/// @source Knuth, The Art of Computer Programming 2, 4.3.1, Algorithm D
template <std::size_t N>
constexpr whole_quotient<N> divide(const words<N>& n, const words<4>& d) noexcept {
  const std::size_t length = used_words(d), used = used_words(n);
  if (length == 1) return divide_by_word(n, used, d[0]);
  if (used < length) return {{}, used == 0};

  // Both shifted, so that the divisor begins with a one: then the first two words guess a word of the quotient
  // within 2.
  const int shift = std::countl_zero(d[length - 1]);
  const words<4> v = shifted(d, shift);
  words<N + 1> u{};
  for (std::size_t i = 0; i < used; ++i) u[i] = n[i];
  if (shift != 0) u = shifted(u, shift);

  whole_quotient<N> q;
  for (std::size_t j = used - length + 1; j-- > 0;) {
    const std::uint64_t first = v[length - 1], second = v[length - 2], top = u[j + length];
    std::uint64_t guess = ~std::uint64_t{0};
    double_word left = static_cast<double_word>(u[j + length - 1]) + first;
    if (top < first) {
      const double_word two = (static_cast<double_word>(top) << 64) | u[j + length - 1];
      guess = static_cast<std::uint64_t>(two / first);
      left = two - static_cast<double_word>(guess) * first;
    }
    while ((left >> 64) == 0 && static_cast<double_word>(guess) * second > ((left << 64) | u[j + length - 2])) {
      --guess, left += first;
    }
    std::uint64_t carry = 0, borrow = 0;
    for (std::size_t i = 0; i < length; ++i) {
      const double_word p = static_cast<double_word>(guess) * v[i] + carry;
      carry = static_cast<std::uint64_t>(p >> 64);
      const double_word less = static_cast<double_word>(u[i + j]) - static_cast<std::uint64_t>(p) - borrow;
      u[i + j] = static_cast<std::uint64_t>(less);
      borrow = (less >> 64) != 0 ? 1 : 0;
    }
    const double_word less = static_cast<double_word>(top) - carry - borrow;
    u[j + length] = static_cast<std::uint64_t>(less);
    if ((less >> 64) != 0) {  // the guess was one too large after all, about once in 2^63
      --guess;
      std::uint64_t back = 0;
      for (std::size_t i = 0; i < length; ++i) {
        const double_word sum = static_cast<double_word>(u[i + j]) + v[i] + back;
        u[i + j] = static_cast<std::uint64_t>(sum);
        back = static_cast<std::uint64_t>(sum >> 64);
      }
      u[j + length] += back;
    }
    q.value[j] = guess;
  }
  q.exact = used_words(u) == 0;
  return q;
}

constexpr words<4> words_of(const uint256& n) noexcept {
  return {n.word(0), n.word(1), n.word(2), n.word(3)};
}

template <std::size_t N>
constexpr result<uint256> rounded(const whole_quotient<N>& q, rounding direction) noexcept {
  for (std::size_t i = 4; i < N; ++i)
    if (q.value[i] != 0) return errc::overflow;
  const uint256 whole = uint256::from_words(q.value[3], q.value[2], q.value[1], q.value[0]);
  if (q.exact || direction == rounding::down) return whole;
  return whole.add(uint256{1});
}

}  // namespace detail

/// @brief a/b, rounded to an integer.
/// @errors bad_configuration (a divisor of zero)
/// @cost   three to forty nanoseconds
constexpr result<uint256> divide(const uint256& a, const uint256& b, rounding direction) noexcept {
  if (b == uint256{}) return errc::bad_configuration;
  return detail::rounded(detail::divide(detail::words_of(a), detail::words_of(b)), direction);
}

/// @brief a·b/c, the product exact in 512 bits and only the quotient rounded.
/// @errors bad_configuration (a divisor of zero), overflow (a quotient that does not fit)
/// @source what contracts call mulDiv
constexpr result<uint256> multiply_divide(const uint256& a, const uint256& b, const uint256& c,
                                          rounding direction) noexcept {
  if (c == uint256{}) return errc::bad_configuration;
  const detail::words<8> product = detail::product(detail::words_of(a), detail::words_of(b));
  return detail::rounded(detail::divide(product, detail::words_of(c)), direction);
}

/// A token amount among wide integers.
constexpr uint256 widen(units amount) noexcept {
  return uint256::from_words(0, 0, amount.high(), amount.low());
}

/// @errors overflow (128 bits and more)
constexpr result<units> narrow(const uint256& n) noexcept {
  if ((n.word(2) | n.word(3)) != 0) return errc::overflow;
  return units::from_words(n.word(1), n.word(0));
}

}  // namespace trimtab
