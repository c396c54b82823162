// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity.hpp>

#include "support/instrument_books.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::delta_gamma_health;

std::array<double, 3> plus(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}

TEST(DeltaGammaHealth, TheBoundHoldsOnEveryShockThatItIsGivenFor) {
  test::random_numbers random(20201126);
  int answered = 0, refused = 0;
  double tightest = infinity;
  for (int n = 0; n < 5000; ++n) {
    const test::instrument_book book(random);
    const double reach = random.log_uniform(1e-4, 0.4);
    std::array<double, 3> shock{};
    for (std::size_t i = 0; i < 3; ++i) shock[i] = book.world[i] * random.uniform(-reach, reach);
    const auto approximate = delta_gamma_health(book.f, book.view(), book.world, shock);
    if (!approximate) {
      ++refused;
      EXPECT_EQ(approximate.error(), errc::outside_validity);
      continue;
    }
    ++answered;
    const double error = std::fabs(approximate->health - book.health(plus(book.world, shock)));
    EXPECT_LE(error, approximate->bound) << n;
    tightest = std::min(tightest, approximate->bound / error);
  }
  EXPECT_GT(answered, 2500);
  EXPECT_GT(refused, 100) << "some range positions are left";
  EXPECT_LT(tightest, 1.5) << "a bound that is never close to the error would say little";
}

TEST(DeltaGammaHealth, IsTheSecondOrderExpansion) {
  test::random_numbers random(5);
  for (int n = 0; n < 300; ++n) {
    const test::instrument_book book(random);
    const std::vector<double> p = book.prices<double>(book.world);
    const auto g = sensitivity::chain_rule(
        sensitivity::health_greeks(book.f, oracle_prices<double>(std::span<const double>(p))), book.view(), book.world);
    std::array<double, 3> shock{};
    for (std::size_t i = 0; i < 3; ++i) shock[i] = book.world[i] * random.uniform(-1e-3, 1e-3);
    const auto approximate = delta_gamma_health(book.f, book.view(), book.world, shock);
    if (!approximate) continue;
    double expected = g.value;
    for (std::size_t i = 0; i < 3; ++i) {
      expected += g.delta[i] * shock[i];
      for (std::size_t j = 0; j < 3; ++j) expected += 0.5 * shock[i] * g.gamma(i, j) * shock[j];
    }
    EXPECT_NEAR(approximate->health, expected, 1e-14 * (1.0 + g.value)) << n;
  }
}

TEST(DeltaGammaHealth, WithoutInstrumentsTheBoundIsTheError) {  // (delta·y)(b·y)² / (1 + b·y)
  const instrument::leg<instrument::token> legs[] = {{{}, {0}}, {{}, {1}}};
  form<> f;
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  static_cast<void>(f.debt.add({1.0, 1.0, {1}, {2}}));
  const double world[] = {1000.0, 2000.0}, shock[] = {50.0, 200.0};
  const auto approximate =
      delta_gamma_health(f, std::span<const instrument::leg<instrument::token>>(legs), world, shock);
  ASSERT_TRUE(approximate.has_value());
  const double exact = 4.0 * 1050.0 / 2200.0, by = 50.0 * 4.0 / 2000.0 - 2.0 * 0.1;
  EXPECT_NEAR(approximate->health - exact, -by * 0.01 / 1.1, 1e-14);
  EXPECT_NEAR(approximate->bound, std::fabs(by) * 0.01 / 1.1, 1e-13);
}

TEST(DeltaGammaHealth, WhatItCannotAnswerForIsNamed) {
  using leg = instrument::leg<instrument::range_position>;
  const leg legs[] = {{{.liquidity = 1.0, .lower = 0.8, .upper = 1.2}, {0, 1}}};
  form<> f;
  static_cast<void>(f.collateral.add({1.0, 0.8, {0}, {1}}));
  static_cast<void>(f.debt.add({0.01, 1.0, {0}, {1}}));
  const double world[] = {1.0, 1.0};
  const auto error = [&](double by0, double by1) {
    const double shock[] = {by0, by1};
    return delta_gamma_health(f, std::span<const leg>(legs), world, shock).error();
  };
  EXPECT_EQ(error(0.1, 0.0), errc::ok);
  EXPECT_EQ(error(0.25, 0.0), errc::outside_validity) << "out of the range: revalue";
  EXPECT_EQ(error(-1.0, 0.0), errc::non_positive_price);
  EXPECT_EQ(error(std::nan(""), 0.0), errc::not_finite);
  const double one[] = {0.1};
  EXPECT_EQ(delta_gamma_health(f, std::span<const leg>(legs), world, one).error(), errc::size_mismatch);
  f.debt = {};
  const double shock[] = {0.1, 0.0};
  const auto free = delta_gamma_health(f, std::span<const leg>(legs), world, shock);
  ASSERT_TRUE(free.has_value());
  EXPECT_EQ(free->health, infinity);
}

}  // namespace
}  // namespace trimtab
