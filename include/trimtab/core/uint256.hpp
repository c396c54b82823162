// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace trimtab {

/// Which way a number that no double holds is rounded. Against the borrower: `down` what an account has, `up` what it
/// owes.
enum class rounding : std::uint8_t { down, up };

namespace detail {

__extension__ using double_word = unsigned __int128;

/// An unsigned integer of 64·N bits, least significant word first.
template <std::size_t N>
using words = std::array<std::uint64_t, N>;

template <std::size_t N>
constexpr int bit_width(const words<N>& a) noexcept {
  for (std::size_t i = N; i-- > 0;)
    if (a[i] != 0) return static_cast<int>(64 * i) + static_cast<int>(std::bit_width(a[i]));
  return 0;
}

template <std::size_t N>
constexpr std::strong_ordering compare(const words<N>& a, const words<N>& b) noexcept {
  for (std::size_t i = N; i-- > 0;)
    if (a[i] != b[i]) return a[i] <=> b[i];
  return std::strong_ordering::equal;
}

template <std::size_t N, std::size_t M>
constexpr words<N + M> product(const words<N>& a, const words<M>& b) noexcept {
  words<N + M> p{};
  for (std::size_t i = 0; i < N; ++i) {
    if (a[i] == 0) continue;
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < M; ++j) {
      const double_word sum = static_cast<double_word>(a[i]) * b[j] + p[i + j] + carry;
      p[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64);
    }
    p[i + M] = carry;
  }
  return p;
}

/// a·2^left. @pre left ≥ 0, and the result fits
template <std::size_t N>
constexpr words<N> shifted(const words<N>& a, int left) noexcept {
  const auto skip = static_cast<std::size_t>(left / 64);
  const int bits = left % 64;
  words<N> s{};
  for (std::size_t i = N; i-- > skip;) {
    s[i] = a[i - skip] << bits;
    if (bits != 0 && i > skip) s[i] |= a[i - skip - 1] >> (64 - bits);
  }
  return s;
}

/// n/d as the nearest double not above it, or not below it. @pre n and d are not 0
constexpr double directed_quotient(const words<8>& n, const words<8>& d, rounding direction) noexcept {
  constexpr int digits = std::numeric_limits<double>::digits, room = 9 * 64;
  const words<9> numerator = product(n, words<1>{1}), divisor = product(d, words<1>{1});
  const int n_width = bit_width(numerator), d_width = bit_width(divisor);
  // The leading 128 and 64 bits give a quotient that is low by less than 2⁻⁶¹ of itself, so its leading 53 bits are
  // right or one too small.
  const words<9> n_left = shifted(numerator, room - n_width), d_left = shifted(divisor, room - d_width);
  const double_word estimate =
      ((static_cast<double_word>(n_left[8]) << 64) | n_left[7]) / (static_cast<double_word>(d_left[8]) + 1);
  const int spare = ((estimate >> 64) != 0 ? 65 : 64) - digits;
  auto significand = static_cast<std::uint64_t>(estimate >> spare);
  int exponent = n_width - d_width - 64 + spare;

  // significand·2^exponent·d against n, exactly: equal widths first, so that nothing shifted is longer than the other.
  const auto against = [&](std::uint64_t m) -> std::strong_ordering {
    const words<9> p = product(d, words<1>{m});
    const int p_width = bit_width(p);
    if (p_width + exponent != n_width) return p_width + exponent <=> n_width;
    return exponent >= 0 ? compare(shifted(p, exponent), numerator) : compare(p, shifted(numerator, -exponent));
  };
  if (std::is_lteq(against(significand + 1)) && ++significand == std::uint64_t{1} << digits)
    significand >>= 1, ++exponent;
  if (direction == rounding::up && std::is_lt(against(significand))) ++significand;
  // 2^−512 ≤ n/d < 2^512: neither factor is subnormal, and their product is exact.
  const auto scale = std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  return static_cast<double>(significand) * scale;
}

}  // namespace detail

/// @brief An unsigned 256-bit integer: what contracts store, and what comes from a node as text.
///
/// Enough arithmetic to bring a number through the door exactly; decisions are taken in `double`.
class uint256 {
public:
  static constexpr int max_power_of_ten = 77;

  constexpr uint256() = default;
  constexpr explicit uint256(std::uint64_t count) noexcept : words_{count, 0, 0, 0} {}
  static constexpr uint256 from_words(std::uint64_t w3, std::uint64_t w2, std::uint64_t w1, std::uint64_t w0) noexcept {
    uint256 n;
    n.words_ = {w0, w1, w2, w3};
    return n;
  }
  /// Word i, the least significant is 0. @pre i < 4
  [[nodiscard]] constexpr std::uint64_t word(std::size_t i) const noexcept { return words_[i]; }

  /// @brief Decimal digits, or hexadecimal ones after `0x`; leading zeros are read over, nothing else is.
  /// @errors malformed_number (empty, a sign, a blank, any other character), overflow (256 bits and more)
  static constexpr result<uint256> parse(std::string_view text) noexcept {
    const bool hexadecimal = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (hexadecimal) text.remove_prefix(2);
    if (text.empty()) return errc::malformed_number;
    const std::uint64_t base = hexadecimal ? 16 : 10;
    uint256 n;
    bool fits = true;
    std::uint64_t digits = 0, weight = 1;  // as many digits at a time as a word holds
    for (const char c : text) {
      const std::uint64_t digit = value_of(c);
      if (digit >= base) return errc::malformed_number;
      digits = digits * base + digit;
      weight *= base;
      if (weight > std::numeric_limits<std::uint64_t>::max() / base) {
        fits = n.append(weight, digits) && fits;
        digits = 0, weight = 1;
      }
    }
    fits = n.append(weight, digits) && fits;
    if (!fits) return errc::overflow;
    return n;
  }

  /// 10^exponent. @errors bad_configuration (an exponent outside [0, 77])
  static constexpr result<uint256> power_of_ten(int exponent) noexcept {
    if (exponent < 0 || exponent > max_power_of_ten) return errc::bad_configuration;
    uint256 n{1};
    constexpr std::uint64_t step = 10'000'000'000'000'000'000ULL;
    for (; exponent >= 19; exponent -= 19) static_cast<void>(n.append(step, 0));
    std::uint64_t rest = 1;
    for (; exponent > 0; --exponent) rest *= 10;
    static_cast<void>(n.append(rest, 0));
    return n;
  }

  /// @errors overflow
  [[nodiscard]] constexpr result<uint256> add(const uint256& other) const noexcept {
    uint256 sum;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const detail::double_word s = static_cast<detail::double_word>(words_[i]) + other.words_[i] + carry;
      sum.words_[i] = static_cast<std::uint64_t>(s);
      carry = static_cast<std::uint64_t>(s >> 64);
    }
    if (carry != 0) return errc::overflow;
    return sum;
  }
  /// @errors negative_amount
  [[nodiscard]] constexpr result<uint256> subtract(const uint256& other) const noexcept {
    if (*this < other) return errc::negative_amount;
    uint256 difference;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      difference.words_[i] = words_[i] - other.words_[i] - borrow;
      borrow = words_[i] < other.words_[i] || (words_[i] == other.words_[i] && borrow != 0) ? 1 : 0;
    }
    return difference;
  }
  /// @errors overflow
  [[nodiscard]] constexpr result<uint256> multiply(const uint256& other) const noexcept {
    const detail::words<8> p = detail::product(words_, other.words_);
    if ((p[4] | p[5] | p[6] | p[7]) != 0) return errc::overflow;
    return from_words(p[3], p[2], p[1], p[0]);
  }

  friend constexpr bool operator==(const uint256& a, const uint256& b) noexcept {
    std::uint64_t differ = 0;  // not the array's own operator, which calls a library function
    for (std::size_t i = 0; i < 4; ++i) differ |= a.words_[i] ^ b.words_[i];
    return differ == 0;
  }
  friend constexpr std::strong_ordering operator<=>(const uint256& a, const uint256& b) noexcept {
    return detail::compare(a.words_, b.words_);
  }

  /// @brief The rational number a·b / (c·d) as a double, rounded once, in the named direction.
  ///
  /// Products are exact (512 bits), so nothing overflows: the quotient lies in 0 or [2⁻⁵¹², 2⁵¹²). The result and its
  /// neighbour in the other direction enclose the exact value.
  /// @errors bad_configuration (a divisor of zero)
  /// @cost   one 128-bit division, at most three 576-bit products; no loop over bits
  static constexpr result<double> ratio(const uint256& a, const uint256& b, const uint256& c, const uint256& d,
                                        rounding direction) noexcept {
    const uint256 zero;
    if (c == zero || d == zero) return errc::bad_configuration;
    if (a == zero || b == zero) return 0.0;
    return detail::directed_quotient(detail::product(a.words_, b.words_), detail::product(c.words_, d.words_),
                                     direction);
  }

private:
  /// Of a digit; 255 for what is none.
  static constexpr std::uint64_t value_of(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<std::uint64_t>(c - 'A') + 10;
    return 255;
  }
  /// *this·weight + low; false where that does not fit.
  constexpr bool append(std::uint64_t weight, std::uint64_t low) noexcept {
    for (std::uint64_t& w : words_) {
      const detail::double_word p = static_cast<detail::double_word>(w) * weight + low;
      w = static_cast<std::uint64_t>(p);
      low = static_cast<std::uint64_t>(p >> 64);
    }
    return low == 0;
  }

  detail::words<4> words_{};
};

}  // namespace trimtab
