// SPDX-License-Identifier: MIT
// Health, its gradient and Hessian in prices and log prices, plain and compensated, headroom, equity, leverage and
// liquidation prices against 40-digit references.
#include <gtest/gtest.h>

#include <trimtab/health.hpp>
#include <trimtab/sensitivity.hpp>

#include "support/tolerance.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using test::number_of;
using test::row;
using test::vector_file;

constexpr std::size_t most = 16;
constexpr long double bar = test::tolerance<double>::sum;  // 16 eps, of the sum of absolute terms

std::vector<double> doubles(const row& r, const char* column) {
  std::vector<double> values;
  for (const std::string& text : r.list(column)) values.push_back(test::double_of(text));
  return values;
}

/// |got − expected| in units of the sum of the absolute terms of the entry; 0 where both are the same.
long double error_of(double got, long double expected, long double terms) {
  const long double gap = std::fabs(static_cast<long double>(got) - expected);
  return gap == 0.0L ? 0.0L : gap / terms;
}

TEST(HealthGreeksVectors, AgreeWithFortyDigitReferences) {
  vector_file file("math/health_factor.csv");
  long double worst_full = 0.0L;
  for (const row& r : file.rows()) {
    const std::vector<double> w = doubles(r, "w"), c = doubles(r, "c"), v = doubles(r, "v"), d = doubles(r, "d"),
                              p = doubles(r, "p");
    const std::size_t n = p.size();
    form<double, most> f;
    std::vector<long double> on_collateral(n), on_debt(n);
    long double collateral = 0.0L, debt = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
      const price_slot slot{static_cast<std::uint16_t>(i)};
      const asset_id asset{static_cast<std::uint32_t>(i)};
      ASSERT_EQ(f.collateral.add({c[i], w[i], slot, asset}), errc::ok);
      ASSERT_EQ(f.debt.add({d[i], v[i], slot, asset}), errc::ok);
      on_collateral[i] = static_cast<long double>(w[i]) * c[i];
      on_debt[i] = static_cast<long double>(v[i]) * d[i];
      collateral += on_collateral[i] * p[i];
      debt += on_debt[i] * p[i];
    }
    const oracle_prices<double> prices(p);
    const auto g = sensitivity::health_greeks(f, prices);
    const std::vector<std::string> grad = r.list("grad"), hess = r.list("hess"), liquidation = r.list("liq_price");
    ASSERT_EQ(grad.size(), n);
    ASSERT_EQ(hess.size(), n * n);
    ASSERT_EQ(liquidation.size(), n);
    ASSERT_EQ(g.size, n);

    const long double hf = number_of(r.text("hf"));
    long double worst = 0.0L;
    const auto check = [&](const char* what, double got, long double expected, long double terms) {
      const long double error = error_of(got, expected, terms);
      EXPECT_LE(error, bar) << what << ": " << got << ", expected " << expected;
      worst = std::max(worst, error);
    };
    check("health", health_factor(f, prices), hf, hf);
    check("greeks' health", g.value, hf, hf);
    // Σ|terms| of an entry: both parts of the gradient, with the sign taken off.
    const auto terms_of = [&](std::size_t i) { return (on_collateral[i] + hf * on_debt[i]) / debt; };
    std::vector<double> dense(n * n);
    ASSERT_EQ(g.dense(dense), errc::ok);
    for (std::size_t i = 0; i < n; ++i) {
      check("gradient", g.delta[i], number_of(grad[i]), terms_of(i));
      for (std::size_t j = 0; j < n; ++j) {
        const long double terms = terms_of(i) * on_debt[j] / debt + terms_of(j) * on_debt[i] / debt;
        check("hessian", g.gamma(i, j), number_of(hess[i * n + j]), terms);
        EXPECT_EQ(dense[i * n + j], g.gamma(i, j));
        EXPECT_EQ(g.gamma(i, j), g.gamma(j, i));
      }
    }
    // The compensated variant: of each whole result, the largest entry.
    const auto full = sensitivity::compensated_health_greeks(f, prices);
    ASSERT_TRUE(full.has_value());
    std::vector<long double> expected_gradient, expected_hessian;
    for (const std::string& text : grad) expected_gradient.push_back(number_of(text));
    for (const std::string& text : hess) expected_hessian.push_back(number_of(text));
    const auto largest = [](const std::vector<long double>& entries) {
      long double found = 0.0L;
      for (const long double entry : entries) found = std::max(found, std::fabs(entry));
      return found;
    };
    // Where terms cancel beyond twice the digits, as they do all with a single asset, zero means next to the terms.
    const auto check_full = [&](const char* what, double got, long double expected, long double of, long double terms) {
      if (std::fabs(got - expected) <= 0x1p-98L * terms) return;
      const long double error = error_of(got, expected, of);
      EXPECT_LE(error, 4.0L * test::tolerance<double>::epsilon) << what << ": " << got << ", expected " << expected;
      worst_full = std::max(worst_full, error);
    };
    check_full("compensated health", full->value, hf, hf, hf);
    for (std::size_t i = 0; i < n; ++i) {
      check_full("compensated gradient", full->delta[i], expected_gradient[i], largest(expected_gradient), terms_of(i));
      for (std::size_t j = 0; j < n; ++j)
        check_full("compensated hessian", full->gamma(i, j), expected_hessian[i * n + j], largest(expected_hessian),
                   terms_of(i) * on_debt[j] / debt + terms_of(j) * on_debt[i] / debt);
    }
    // In log prices: elasticities are differences of shares that are at most 1.
    const std::vector<std::string> dlog = r.list("dlog"), hlog = r.list("hlog");
    ASSERT_EQ(dlog.size(), n);
    ASSERT_EQ(hlog.size(), n * n);
    if (hf > 0.0L) {
      const auto log = sensitivity::in_log_prices(sensitivity::log_health_greeks(f, prices), prices);
      const auto share = [&](const std::vector<long double>& side, std::size_t i, long double sum) {
        return side[i] * p[i] / sum;
      };
      for (std::size_t i = 0; i < n; ++i) {
        const long double a = share(on_collateral, i, collateral), b = share(on_debt, i, debt);
        check("elasticity", log.delta[i], number_of(dlog[i]), a + b);
        for (std::size_t j = 0; j < n; ++j) {
          const long double a_j = share(on_collateral, j, collateral), b_j = share(on_debt, j, debt);
          check("log hessian", log.gamma(i, j), number_of(hlog[i * n + j]),
                (i == j ? a + b : 0.0L) + a * a_j + b * b_j);
        }
      }
    }
    // Equity and leverage, from amounts; leverage in units of its condition on equity.
    long double held = 0.0L, owed = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
      held += static_cast<long double>(c[i]) * p[i];
      owed += static_cast<long double>(d[i]) * p[i];
    }
    check("equity", sensitivity::equity_greeks(f, prices).value, number_of(r.text("equity")), held + owed);
    const long double leverage = number_of(r.text("leverage"));
    check("leverage", sensitivity::leverage_greeks(f, prices).value, leverage,
          std::fabs(leverage) * (1.0L + (held + owed) / std::fabs(held - owed)));
    check("headroom", headroom(f, prices), number_of(r.text("headroom")), collateral + debt);
    if (hf > 0.0L) {
      check("log health", log_health(f, prices), std::log(hf), std::fabs(std::log(hf)) + 1.0L);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const long double expected = number_of(liquidation[i]);
      const liquidation_point point = liquidation_price(f, prices, {static_cast<std::uint16_t>(i)});
      if (std::isnan(expected)) {
        EXPECT_EQ(point.side, liquidation_side::unreachable);
        EXPECT_TRUE(std::isnan(point.price));
        continue;
      }
      const long double other = collateral - on_collateral[i] * p[i] + debt - on_debt[i] * p[i];
      const long double net = std::fabs(on_collateral[i] - on_debt[i]);
      check("liquidation price", point.price, expected, other / net + (on_collateral[i] + on_debt[i]) / net * expected);
      EXPECT_EQ(point.side,
                on_collateral[i] > on_debt[i] ? liquidation_side::danger_below : liquidation_side::danger_above);
    }
    file.count(worst);
  }
  file.report();
  std::printf("compensated: worst %.2Lg of the largest entry\n", worst_full);
  EXPECT_EQ(file.checked(), file.rows().size());
}

}  // namespace
}  // namespace trimtab
