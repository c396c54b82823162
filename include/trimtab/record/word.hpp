// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/core/uint256.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/record/names.hpp>

#include <bit>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace trimtab::record::detail {

/// The text of one value; 96 characters hold any.
struct word {
  std::array<char, 96> text{};
  std::size_t size = 0;

  constexpr void put(std::string_view s) noexcept {
    for (const char c : s)
      if (size < text.size()) text[size++] = c;
  }
  template <class T>
  void put_number(T x) noexcept {
    size = static_cast<std::size_t>(std::to_chars(text.data() + size, text.data() + text.size(), x).ptr - text.data());
  }
  constexpr void put_hexadecimal(std::uint64_t x, bool all_digits) noexcept {
    for (int shift = 60; shift >= 0; shift -= 4)
      if (all_digits || shift == 0 || (x >> shift) != 0) put({&"0123456789abcdef"[(x >> shift) & 0xfU], 1});
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), size}; }
};

template <class T>
bool parse_number(std::string_view s, T& x) noexcept {
  const auto read = std::from_chars(s.data(), s.data() + s.size(), x);
  return read.ec == std::errc{} && read.ptr == s.data() + s.size();
}
constexpr bool parse_hexadecimal(std::string_view s, std::uint64_t& x) noexcept {
  x = 0;
  for (const char c : s) {
    const auto digit = std::string_view{"0123456789abcdef"}.find(c);
    if (digit == std::string_view::npos || (x >> 60) != 0) return false;
    x = (x << 4) | digit;
  }
  return !s.empty();
}

// What is written as one word. Numbers are written with the fewest digits that read back as the same number; a NaN with
// its bits, "nan:7ff8000000000000"; amounts of smallest units in hexadecimal.
inline void put(word& w, double x) noexcept {
  if (x == x) return w.put_number(x);
  w.put("nan:");
  w.put_hexadecimal(std::bit_cast<std::uint64_t>(x), true);
}
inline bool parse(std::string_view s, double& x) noexcept {
  if (s.substr(0, 4) != "nan:") return parse_number(s, x);
  std::uint64_t bits = 0;
  const bool read = parse_hexadecimal(s.substr(4), bits);
  x = std::bit_cast<double>(bits);
  return read && x != x;
}

inline void put(word& w, bool x) noexcept {
  w.put(x ? "yes" : "no");
}
inline bool parse(std::string_view s, bool& x) noexcept {
  x = s == "yes";
  return x || s == "no";
}

template <std::integral T>
void put(word& w, T x) noexcept {
  w.put_number(x);
}
template <std::integral T>
bool parse(std::string_view s, T& x) noexcept {
  return parse_number(s, x);
}

inline void put(word& w, seconds t) noexcept {
  w.put_number(t.count());
}
inline bool parse(std::string_view s, seconds& t) noexcept {
  seconds::rep count = 0;
  const bool read = parse_number(s, count);
  t = seconds{count};
  return read;
}
inline void put(word& w, timestamp t) noexcept {
  if (t == never) return w.put("never");
  put(w, t.time_since_epoch());
}
inline bool parse(std::string_view s, timestamp& t) noexcept {
  seconds since{};
  const bool is_never = s == "never", read = is_never || parse(s, since);
  t = is_never ? never : timestamp{since};
  return read && never <= t && t <= forever;  // nobody was there, and differences would overflow
}

inline void put(word& w, units u) noexcept {
  w.put("0x");
  if (u.high() != 0) w.put_hexadecimal(u.high(), false);
  w.put_hexadecimal(u.low(), u.high() != 0);
}
inline bool parse(std::string_view s, units& u) noexcept {
  if (s.substr(0, 2) != "0x") return false;
  s.remove_prefix(2);
  const std::size_t above = s.size() > 16 ? s.size() - 16 : 0;
  std::uint64_t high = 0, low = 0;
  const bool read =
      (above == 0 || parse_hexadecimal(s.substr(0, above), high)) && parse_hexadecimal(s.substr(above), low);
  u = units::from_words(high, low);
  return read;
}
inline void put(word& w, const uint256& n) noexcept {
  w.put("0x");
  bool begun = false;
  for (const unsigned i : {3U, 2U, 1U, 0U}) {
    if (begun || n.word(i) != 0 || i == 0) w.put_hexadecimal(n.word(i), begun);
    begun = begun || n.word(i) != 0;
  }
}
inline bool parse(std::string_view s, uint256& n) noexcept {
  const auto read = uint256::parse(s);
  n = read.value();
  return read.has_value();
}

/// An enumeration whose enumerators have names.
template <class T>
concept Named = std::is_enum_v<T> && !names<T>.empty();

/// An enumerator by its name; one that has none by its number, which is no enumerator and not read again.
template <Named T>
void put(word& w, T x) noexcept {
  const auto i = static_cast<std::size_t>(x);
  if (i < words_of<T>.size()) return w.put(words_of<T>[i]);
  w.put_number(i);
}
template <Named T>
bool parse(std::string_view s, T& x) noexcept {
  for (std::size_t i = 0; i < words_of<T>.size(); ++i)
    if (s == words_of<T>[i]) return x = static_cast<T>(i), true;
  return false;
}

template <class T>
concept Word = requires(word& w, std::string_view s, T& x) {
  put(w, x);
  { parse(s, x) } -> std::same_as<bool>;
};

}  // namespace trimtab::record::detail
