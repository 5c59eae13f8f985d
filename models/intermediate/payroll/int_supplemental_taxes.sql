{{ taxes_by_rate(ref('int_income_wages'), 'income_tax_method') }}
