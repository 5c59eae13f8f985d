{{ taxes_by_rate(ref('int_contribution_wages'), 'contribution_method') }}
