// SPDX-License-Identifier: MIT
#pragma once

/// Values and their text forms, for the tests of the record room.

#include <gtest/gtest.h>

#include <trimtab/record/read.hpp>
#include <trimtab/record/text.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace recorded {

template <class T>
std::string text_of(std::string_view name, const T& value) {
  std::string out(trimtab::record::text_size(name, value), '#');
  const auto written = trimtab::record::to_text(name, value, out);
  return written.has_value() ? std::string{*written} : std::string{"refused"};
}

/// Shows a walker every word of a value and fills each with random bits: what `walk` reaches is what a text form holds.
struct scrambler {
  trimtab::simulate::counter_random random{};
  std::uint64_t drawn = 0;
  std::vector<std::vector<double>>* numbers = nullptr;  ///< what spans of them look into
  struct {
    template <class Name, class F>
    void in(const Name&, F&& inside) const {
      inside();
    }
  } at{};

  std::uint64_t bits() { return random.bits(drawn++); }
  void visit(double& x) {
    const auto pattern = bits();
    // Of eight: two plain numbers, an infinity, a NaN, a subnormal, a negative zero, any pattern, an integer.
    switch (bits() % 8) {
      case 0:
        x = static_cast<double>(pattern >> 11) / 1e9;
        break;
      case 1:
        x = static_cast<double>(pattern % 100'000) / 1e3;
        break;
      case 2:
        x = pattern % 2 == 0 ? trimtab::infinity : -trimtab::infinity;
        break;
      case 3:
        x = std::bit_cast<double>(pattern | 0x7ff8'0000'0000'0000U);
        break;
      case 4:
        x = std::bit_cast<double>(pattern & 0x800f'ffff'ffff'ffffU);
        break;
      case 5:
        x = -0.0;
        break;
      case 6:
        x = std::bit_cast<double>(pattern);
        break;
      default:
        x = static_cast<double>(pattern % 1000);
        break;
    }
  }
  void visit(bool& x) { x = bits() % 2 == 0; }
  void visit(trimtab::timestamp& t) {
    t = bits() % 4 == 0 ? trimtab::never : trimtab::at_unix(static_cast<long long>(bits() >> 20));
  }
  void visit(trimtab::seconds& t) { t = trimtab::seconds{static_cast<long long>(bits() >> 30)}; }
  void visit(trimtab::units& u) { u = trimtab::units::from_words(bits() % 2 == 0 ? 0 : bits(), bits()); }
  void visit(trimtab::uint256& n) { n = trimtab::uint256::from_words(0, bits() % 2 == 0 ? 0 : bits(), bits(), bits()); }
  template <class T>
  void visit(T& x) {
    if constexpr (std::is_enum_v<T>) {
      x = static_cast<T>(bits() % trimtab::record::detail::words_of<T>.size());
    } else {
      x = static_cast<T>(bits());
    }
  }
  void kind(std::string_view) {}
  template <std::size_t N>
  void list(trimtab::account<N>& a) {
    a = {};
    const auto count = bits() % (N + 1);
    for (std::size_t i = 0; i < count; ++i) {
      trimtab::holding h{};
      trimtab::record::detail::walk(*this, h);
      (void)a.add(h);  // unless it is there already
    }
  }
  void list(trimtab::oracle_prices<double>& prices) {
    numbers->emplace_back(bits() % 5);
    for (double& x : numbers->back()) visit(x);
    prices = trimtab::oracle_prices<double>{numbers->back()};
  }
  template <class T>
  void list(std::span<const T>& s) {
    s = {};
    if constexpr (std::is_same_v<T, double>) {
      numbers->emplace_back(bits() % 5);
      for (double& x : numbers->back()) visit(x);
      s = numbers->back();
    }
  }
  template <class... T>
  void choice(std::variant<T...>& v) {
    std::visit([&](auto& alternative) { trimtab::record::detail::walk(*this, alternative); }, v);
  }
};

/// How many of `rounds` random values of a type do not come back from their text as they were: none, one hopes.
/// @param value of the type, with what its spans look into
template <class T>
std::size_t lost(T value, std::uint64_t seed, std::size_t rounds) {
  std::size_t bad = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    std::vector<std::vector<double>> numbers;
    scrambler s{.random = {.seed = seed, .stream = i}, .numbers = &numbers};
    T scrambled = value;
    trimtab::record::detail::walk(s, scrambled);
    const auto text = text_of("value", scrambled);
    T read = value;
    std::vector<std::byte> memory(text.size());
    const auto error = trimtab::record::from_text(text, "value", read, memory);
    bad += error.ok() && text_of("value", read) == text &&
                   trimtab::record::hash_of("value", read) == trimtab::record::hash_of(text)
               ? 0U
               : 1U;
  }
  return bad;
}

// A part and what it remembers, both from random bits; the kind is the first thing that is written.
template <class T>
void part(const T& value, std::string_view kind) {
  static std::uint64_t seed = 100;
  EXPECT_EQ(lost(value, ++seed, 200), 0U) << kind;
  const std::string text = text_of("part", value),
                    first = std::string{trimtab::record::version_line} + "\npart = " + std::string{kind} + "\n";
  EXPECT_EQ(text.substr(0, first.size()), first);
  if constexpr (requires { typename T::state_type; }) {
    EXPECT_EQ(lost(typename T::state_type{}, ++seed, 200), 0U) << "state of " << kind;
  }
}

}  // namespace recorded
