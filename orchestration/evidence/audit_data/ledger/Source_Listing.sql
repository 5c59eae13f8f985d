select distinct
    document_type as Source,
    null as Source_Description,
    null as ERP_Subledger_Module,
    null as System_Manual_Identifier,
    null as Business_Process_Major,
    null as Business_Process_Minor
from journal_lines
where document_type is not null
order by document_type
