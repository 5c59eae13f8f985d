{{ config(materialized='table') }}

{{ cleaned_lines() }}
