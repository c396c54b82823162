// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/forecast/motion.hpp>

#include <cmath>

namespace trimtab::forecast {

namespace detail {

/// A complex number whose product is four multiplications: std::complex asks every product whether it is a NaN.
struct complex_number {
  double re = 0.0, im = 0.0;

  friend constexpr complex_number operator+(complex_number a, complex_number b) noexcept {
    return {a.re + b.re, a.im + b.im};
  }
  friend constexpr complex_number operator-(complex_number a, complex_number b) noexcept {
    return {a.re - b.re, a.im - b.im};
  }
  friend constexpr complex_number operator*(complex_number a, complex_number b) noexcept {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  friend constexpr complex_number operator*(double a, complex_number b) noexcept { return {a * b.re, a * b.im}; }
  friend constexpr complex_number operator/(complex_number a, complex_number b) noexcept {
    const double per = 1.0 / (b.re * b.re + b.im * b.im);
    return {(a.re * b.re + a.im * b.im) * per, (a.im * b.re - a.re * b.im) * per};
  }
  [[nodiscard]] constexpr double size() const noexcept { return magnitude(re) + magnitude(im); }
};

inline complex_number exp(complex_number z) noexcept {
  const double r = std::exp(z.re);
  return {r * std::cos(z.im), r * std::sin(z.im)};
}

/// The root with a real part ≥ 0.
inline complex_number square_root(complex_number z) noexcept {
  const double length = std::sqrt(z.re * z.re + z.im * z.im), big = std::sqrt(0.5 * (length + magnitude(z.re)));
  if (!(big > 0.0)) return {};
  const double small = 0.5 * z.im / big;
  return z.re >= 0.0 ? complex_number{big, small} : complex_number{magnitude(small), z.im < 0.0 ? -big : big};
}

/// @brief The transform in time of the first passage of an upper barrier, and the polynomial it comes from.
///
/// G(β) = mβ + ½σ²β² + λ(P·a/(a − β) + Q·b/(b + β) − 1) = α is a quartic with two roots on the right of the imaginary
/// axis and two on the left. Followed is the quadratic β² − sβ + t of the right pair: never singular, even where the
/// two meet, because no root of it is one of the left pair.
struct kou_transform {
  double barrier = 0.0, a = 0.0;        ///< x and the decay of jumps towards it
  double drift = 0.0, variance = 0.0;   ///< m, towards it, and σ²
  double c3 = 0.0, c2 = 0.0, c1 = 0.0;  ///< β⁴ + c₃β³ + (c₂ − kα)β² + (c₁ − kgα)β + kabα
  double scale = 0.0, gap = 0.0, product = 0.0, over = 0.0;  ///< k = 2/σ², g = b − a, ab, AB(a² + ua + v)

  struct pair {
    complex_number s{}, t{};
  };
  struct parts {
    complex_number diffusion{}, jump{};  ///< of E e^{−ατ}, the first less what it is without jumps
    double noise = 0.0;  ///< the terms they are made of, with what their exponents magnify: times 2⁻⁵³ it is rounding
    bool right = false;  ///< both roots are on the right
  };

  kou_transform(const motion& m, const exponential_jumps& j, double log_health) noexcept
      : barrier(log_health), a(j.down_decay), drift(-m.drift), variance(m.volatility * m.volatility) {
    const double b = j.up_decay, down = 1.0 - j.up_share;
    scale = 2.0 / variance;
    gap = b - a;
    product = a * b;
    over = scale * j.rate * down * a * (a + b);
    const double slope = scale * drift, jumps = scale * j.rate;
    c3 = slope + gap;
    c2 = slope * gap - product - jumps;
    c1 = -slope * product - jumps * (gap + down * a - j.up_share * b);
  }

  /// β of the motion alone, E e^{−ατ} = e^{−xβ}: of the two forms the one that does not cancel.
  [[nodiscard]] complex_number without_jumps(complex_number alpha) const noexcept {
    const complex_number m{drift, 0.0},
        root = square_root(complex_number{drift * drift, 0.0} + (2.0 * variance) * alpha);
    return drift > 0.0 ? (2.0 * alpha) / (m + root) : (1.0 / variance) * (root - m);
  }

  /// For a real α > 0: 0 < β₁ ≤ a ≤ β₂, by Newton's method inside brackets that only shrink.
  [[nodiscard]] pair on_the_line(double alpha) const noexcept {
    const double ca = scale * alpha;
    const auto value = [&](double z, double& slope) {
      const double k2 = c2 - ca, k1 = c1 - ca * gap, k0 = ca * product;
      slope = ((4.0 * z + 3.0 * c3) * z + 2.0 * k2) * z + k1;
      return (((z + c3) * z + k2) * z + k1) * z + k0;
    };
    const auto solve = [&](double positive, double negative, double z) {
      for (int n = 0; n < 60; ++n) {
        double slope = 0.0;
        const double f = value(z, slope);
        (f > 0.0 ? positive : negative) = z;
        double next = z - f / slope;
        if (!((next - positive) * (next - negative) < 0.0)) next = 0.5 * (positive + negative);
        const double step = magnitude(next - z);
        z = next;
        if (step <= 1e-9 * z) break;
      }
      return z;
    };
    // Without the jumps' own terms the roots are a and that of a quadratic: the far end is beyond both.
    const double far = 2.0 * (a + magnitude(c3) + std::sqrt(magnitude(c2 - ca)) + std::cbrt(magnitude(c1 - ca * gap)) +
                              std::sqrt(std::sqrt(ca * product)));
    const double plain = without_jumps({alpha, 0.0}).re;
    const double first = solve(0.0, a, plain < a ? plain : 0.9 * a),
                 second = solve(far, a, plain > a ? plain : 1.1 * a);
    return {{first + second, 0.0}, {first * second, 0.0}};
  }

  /// Newton's method on s and t (Bairstow's), from a guess. @return whether it has settled
  [[nodiscard]] bool refine(complex_number alpha, pair& q) const noexcept {
    const complex_number ca = scale * alpha, k2 = complex_number{c2, 0.0} - ca, k1 = complex_number{c1, 0.0} - gap * ca,
                         k0 = product * ca;
    for (int n = 0; n < 25; ++n) {
      const complex_number u = complex_number{c3, 0.0} + q.s, v = k2 + q.s * u - q.t, us = u + q.s;
      const complex_number f1 = q.t * u - q.s * v - k1, f2 = q.t * v - k0;
      const complex_number d11 = q.t - v - q.s * us, d22 = v - q.t, d21 = q.t * us;
      const complex_number inverse = complex_number{1.0, 0.0} / (d11 * d22 - us * d21);
      const complex_number ds = (f1 * d22 - f2 * us) * inverse, dt = (f2 * d11 - f1 * d21) * inverse;
      q.s = q.s - ds;
      q.t = q.t - dt;
      if (ds.size() <= 1e-8 * q.s.size() && dt.size() <= 1e-8 * q.t.size()) return true;  // the step after is rounding
    }
    return false;
  }

  /// One more step on the quartic itself: where one root is far larger, the pair leaves its rounding in the other.
  [[nodiscard]] complex_number polished(complex_number alpha, complex_number z) const noexcept {
    const complex_number ca = scale * alpha, k2 = complex_number{c2, 0.0} - ca, k1 = complex_number{c1, 0.0} - gap * ca,
                         k0 = product * ca;
    const complex_number b3 = complex_number{c3, 0.0} + z, b2 = k2 + z * b3, b1 = k1 + z * b2;
    return z - (k0 + z * b1) / (b1 + z * (b2 + z * (b3 + z)));
  }

  /// What is added to the motion's own e^{−xβ} without a jump over the barrier, A/(β₂ − β₁)·e^{−xβ₁} +
  /// B/(β₂ − β₁)·e^{−xβ₂}, and with one, AB/a·(e^{−xβ₁} − e^{−xβ₂})/(β₂ − β₁); A = a − β₁, B = β₂ − a. Their product
  /// comes from the polynomial at a, where only one term is left, and the smaller of the two from the product.
  [[nodiscard]] parts at(complex_number alpha, const pair& q) const noexcept {
    const complex_number middle = 0.5 * q.s, at_a{a, 0.0};
    complex_number half = square_root(middle * middle - q.t);
    if (middle.re * half.re + middle.im * half.im < 0.0) half = -1.0 * half;
    const complex_number far = middle + half, one{1.0, 0.0};
    complex_number near = q.t / far;
    if (far.size() > 16.0 * near.size()) near = polished(alpha, near);
    const complex_number u = complex_number{c3, 0.0} + q.s, v = (scale * product) * (alpha / (near * far));
    const complex_number both = complex_number{over, 0.0} / (complex_number{a * a, 0.0} + a * u + v);
    const complex_number e_near = exp(-barrier * near), e_far = exp(-barrier * far), own = without_jumps(alpha);
    const complex_number plain = exp(-barrier * own), x_half = barrier * half;
    parts out;
    if (x_half.size() < 1e-2) {  // the roots nearly meet: the same, even in half their distance, which is δ
      const complex_number w = x_half * x_half;
      const complex_number spread =
          barrier * (exp(-barrier * middle) * (one + (1.0 / 6.0) * w + (1.0 / 120.0) * (w * w)));
      out.diffusion = (at_a - middle) * spread + 0.5 * (e_near + e_far) - plain;
      out.jump = (1.0 / a) * (both * spread);
      out.noise = spread.size() * (at_a - middle).size();
    } else {
      const complex_number per = complex_number{0.5, 0.0} / half;
      const complex_number below = at_a - near, above = far - at_a;
      const bool closer = below.size() < above.size();
      const complex_number small = both * per / (closer ? above : below), large = one - small;
      const complex_number first = (closer ? small : large) * e_near, second = (closer ? large : small) * e_far;
      out.diffusion = first + second - plain;
      out.jump = (1.0 / a) * (both * per * (e_near - e_far));
      out.noise = first.size() * barrier * near.size() + second.size() * barrier * far.size() +
                  out.jump.size() * barrier * near.size();
    }
    out.noise += out.diffusion.size() + out.jump.size() + plain.size() * (1.0 + barrier * own.size());
    out.right = near.re > 0.0 && far.re > 0.0;
    return out;
  }
};

}  // namespace detail
}  // namespace trimtab::forecast
