// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/scalar.hpp>

#include <cmath>

namespace trimtab::test {

/// What a comparison of archetypes yields: no `bool`, no logic, nothing but a choice between two values.
class archetype_mask {
public:
  constexpr archetype_mask() = default;
  constexpr explicit archetype_mask(bool chosen) : chosen_(chosen) {}

private:
  friend struct trimtab::scalar_traits<class archetype>;
  bool chosen_ = false;
};

/// @brief A number that can do exactly what `Scalar` promises: five operators, `<`, and the traits. A formula that
/// compiles with it asks no more; comparing for equality, converting from `double` or to `bool`, `+=`, `std::`
/// functions: none of it is here.
class archetype {
public:
  constexpr archetype() = default;

  friend constexpr archetype operator+(const archetype& a, const archetype& b) {
    return archetype(a.value_ + b.value_);
  }
  friend constexpr archetype operator-(const archetype& a, const archetype& b) {
    return archetype(a.value_ - b.value_);
  }
  friend constexpr archetype operator*(const archetype& a, const archetype& b) {
    return archetype(a.value_ * b.value_);
  }
  friend constexpr archetype operator/(const archetype& a, const archetype& b) {
    return archetype(a.value_ / b.value_);
  }
  friend constexpr archetype operator-(const archetype& a) { return archetype(-a.value_); }
  friend constexpr archetype_mask operator<(const archetype& a, const archetype& b) {
    return archetype_mask(a.value_ < b.value_);
  }

private:
  friend struct trimtab::scalar_traits<archetype>;
  friend struct archetype_access;
  constexpr explicit archetype(double value) : value_(value) {}
  double value_ = 0.0;
};

/// For tests only: a look inside.
struct archetype_access {
  static constexpr double value(const archetype& a) { return a.value_; }
};

}  // namespace trimtab::test

template <>
struct trimtab::scalar_traits<trimtab::test::archetype> {
  using archetype = trimtab::test::archetype;
  using mask = trimtab::test::archetype_mask;
  static constexpr archetype literal(double x) { return archetype(x); }
  static constexpr archetype blend(const mask& chosen, const archetype& a, const archetype& b) {
    return chosen.chosen_ ? a : b;
  }
  static archetype square_root(const archetype& x) { return archetype(std::sqrt(x.value_)); }
  static archetype log1p(const archetype& x) { return archetype(std::log1p(x.value_)); }
  static archetype power(const archetype& x, double exponent) { return archetype(std::pow(x.value_, exponent)); }
};
